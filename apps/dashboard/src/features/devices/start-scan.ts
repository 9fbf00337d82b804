import { useMutation, useQueryClient } from "@tanstack/react-query";
import { request } from "../../lib/api-client.ts";
import { deviceKey } from "./get-device.ts";

export function useStartScan(deviceId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (policyId: string) => request("POST", `/compliance/scan/agent/${deviceId}?policy_id=${policyId}`),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: deviceKey(deviceId), exact: true }),
  });
}
