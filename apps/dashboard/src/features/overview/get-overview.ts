import type { Overview } from "@holdfast/contracts/own-api";
import { queryOptions } from "@tanstack/react-query";
import { request } from "../../lib/api-client.ts";

export const overviewKey = ["overview"];

/** Of the first policy when none is named. */
export const getOverview = (policyId: string | null) =>
  queryOptions({
    queryKey: [...overviewKey, policyId],
    queryFn: () => request<Overview>("GET", policyId === null ? "/overview" : `/overview?policyId=${policyId}`),
  });
