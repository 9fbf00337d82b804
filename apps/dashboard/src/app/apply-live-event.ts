import type { Device, LiveEvent } from "@holdfast/contracts/own-api";
import type { QueryClient } from "@tanstack/react-query";
import { deviceKey } from "../features/devices/get-device.ts";
import { devicesKey } from "../features/devices/get-devices.ts";
import { overviewKey } from "../features/overview/get-overview.ts";

/** Brings what is shown in line with what just happened: progress in place, everything else by asking again. */
export function applyLiveEvent(queryClient: QueryClient, event: LiveEvent): void {
  if (event.type === "scan" && (event.state === "queued" || event.state === "running")) {
    const { workItemId, state, done, total } = event;
    queryClient.setQueryData<Device>(deviceKey(event.deviceId), (device) =>
      device === undefined ? device : { ...device, scan: { workItemId, state, done, total } },
    );
    return;
  }
  void queryClient.invalidateQueries({ queryKey: deviceKey(event.deviceId) });
  void queryClient.invalidateQueries({ queryKey: devicesKey });
  void queryClient.invalidateQueries({ queryKey: overviewKey });
}
