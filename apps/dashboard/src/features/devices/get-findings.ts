import type { DeviceFindings } from "@holdfast/contracts/own-api";
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { request } from "../../lib/api-client.ts";
import { deviceKey } from "./get-device.ts";

/** The findings of a device's newest result by a policy; `resultId` is part of the key, so a new result is fetched. */
export const getFindings = (deviceId: string, policyId: string, resultId: string) =>
  queryOptions({
    queryKey: [...deviceKey(deviceId), "findings", policyId, resultId],
    queryFn: () => request<DeviceFindings>("GET", `/devices/${deviceId}/findings?policyId=${policyId}`),
    placeholderData: keepPreviousData,
  });
