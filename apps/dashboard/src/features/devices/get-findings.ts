import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call } from "../../lib/api-client.ts";
import { deviceKey } from "./get-device.ts";

/** The findings of a device's newest result by a policy; `resultId` is part of the key, so a new result is fetched. */
export const getFindings = (deviceId: string, policyId: string, resultId: string) =>
  queryOptions({
    queryKey: [...deviceKey(deviceId), "findings", policyId, resultId],
    queryFn: () => call("getDeviceFindings", { id: deviceId, query: { policyId } }),
    placeholderData: keepPreviousData,
  });
