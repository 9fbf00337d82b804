import { queryOptions } from "@tanstack/react-query";
import { call } from "../../lib/api-client.ts";

export const overviewKey = ["overview"];

/** Of the first policy when none is named. */
export const getOverview = (policyId: string | null) =>
  queryOptions({
    queryKey: [...overviewKey, policyId],
    queryFn: () => call("getOverview", { query: { policyId: policyId ?? undefined } }),
  });
