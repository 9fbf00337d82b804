import { queryOptions } from "@tanstack/react-query";
import { call } from "../../lib/api-client.ts";

export const deviceKey = (id: string) => ["device", id];

export const getDevice = (id: string) =>
  queryOptions({
    queryKey: deviceKey(id),
    queryFn: () => call("getDevice", { id }),
    // Live events bring progress at once; this is for when the stream is cut.
    refetchInterval: ({ state }) => (state.data?.scan ? 2_000 : false),
  });
