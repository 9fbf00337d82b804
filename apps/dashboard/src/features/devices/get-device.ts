import type { Device } from "@holdfast/contracts/own-api";
import { queryOptions } from "@tanstack/react-query";
import { request } from "../../lib/api-client.ts";

export const deviceKey = (id: string) => ["device", id];

export const getDevice = (id: string) =>
  queryOptions({
    queryKey: deviceKey(id),
    queryFn: () => request<Device>("GET", `/devices/${id}`),
    // Live events bring progress at once; this is for when the stream is cut.
    refetchInterval: ({ state }) => (state.data?.scan ? 2_000 : false),
  });
