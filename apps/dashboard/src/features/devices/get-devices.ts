import type { Device } from "@holdfast/contracts/own-api";
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { perPage } from "../../components/pages.tsx";
import { request } from "../../lib/api-client.ts";

export const devicesKey = ["devices"];

/** One page of devices whose hostname holds the search text. */
export const getDevices = (search: string, page: number) =>
  queryOptions({
    queryKey: [...devicesKey, search, page],
    queryFn: () => {
      const query = new URLSearchParams({ skip: String(page * perPage), limit: String(perPage) });
      if (search !== "") query.set("search", search);
      return request<{ items: Device[]; total: number }>("GET", `/devices?${query}`);
    },
    placeholderData: keepPreviousData,
  });
