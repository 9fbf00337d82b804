import type { Me } from "@holdfast/contracts/own-api";
import { queryOptions } from "@tanstack/react-query";
import { request } from "../../lib/api-client.ts";

export const getMe = queryOptions({
  queryKey: ["me"],
  queryFn: () => request<Me>("GET", "/auth/me"),
  staleTime: 5 * 60_000,
});
