import { setTimeout as sleep } from "node:timers/promises";
import type { Device, DeviceFindings } from "@holdfast/contracts/own-api";
import type { ApiClient } from "./api-client.ts";

const pollMs = 200;
const enrolTimeoutMs = 60_000;
const scanTimeoutMs = 300_000;

/**
 * Waits until the agent is online: the device's id; null when it is not within a minute.
 *
 * @param known its id; null when it is enrolling just now, and so the last one that enrolled.
 */
export async function waitForDevice(api: ApiClient, known: string | null, signal: AbortSignal): Promise<string | null> {
  const giveUpAt = performance.now() + enrolTimeoutMs;
  while (!signal.aborted && performance.now() < giveUpAt) {
    const device = known === null ? lastEnrolled(await api.listDevices()) : await api.findDevice(known);
    if (device?.status === "online") return device.id;
    await sleep(pollMs);
  }
  return null;
}

function lastEnrolled(devices: readonly Device[]): Device | null {
  return devices.reduce<Device | null>(
    (last, device) => (last === null || device.enrolledAt > last.enrolledAt ? device : last),
    null,
  );
}

/**
 * Scans a device by every enabled policy and waits for a result newer than what was there.
 *
 * @returns the newest result's findings; null when none came in five minutes.
 */
export async function scanAndWait(
  api: ApiClient,
  deviceId: string,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<DeviceFindings | null> {
  const before = newestResult(await api.findDevice(deviceId));
  for (const policyId of await api.listPolicyIds()) await api.startScan(deviceId, policyId);
  const giveUpAt = performance.now() + scanTimeoutMs;
  while (!signal.aborted && performance.now() < giveUpAt) {
    const device = await api.findDevice(deviceId);
    if (device?.scan) onProgress(device.scan.done, device.scan.total);
    const newest = newestResult(device);
    if (newest !== null && newest !== before && !device?.scan) return api.getFindings(deviceId);
    await sleep(pollMs);
  }
  return null;
}

function newestResult(device: Device | null): string | null {
  return device?.latest[0]?.resultId ?? null;
}
