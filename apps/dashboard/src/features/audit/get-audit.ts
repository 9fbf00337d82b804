import type { AuditEvent } from "@holdfast/contracts/administration";
import type { ItemPage } from "@holdfast/contracts/wire";
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { perPage } from "../../components/pages.tsx";
import { request } from "../../lib/api-client.ts";

/** One page of the log, newest first; of one action when it is named. */
export const getAudit = (action: string, page: number) =>
  queryOptions({
    queryKey: ["audit", action, page],
    queryFn: () => {
      const query = new URLSearchParams({ skip: String(page * perPage), limit: String(perPage) });
      if (action !== "") query.set("action", action);
      return request<ItemPage<AuditEvent>>("GET", `/audit?${query}`);
    },
    placeholderData: keepPreviousData,
  });
