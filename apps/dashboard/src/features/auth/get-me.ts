import type { Me } from "@holdfast/contracts/own-api";
import { queryOptions } from "@tanstack/react-query";
import { ApiRequestError, mayBeSignedIn, request } from "../../lib/api-client.ts";

/** Fails like an ended session, without asking, when nobody has signed in here. */
export const getMe = queryOptions({
  queryKey: ["me"],
  queryFn: () => {
    if (!mayBeSignedIn()) throw new ApiRequestError(401, "Nobody has signed in.");
    return request<Me>("GET", "/auth/me");
  },
  staleTime: 5 * 60_000,
});
