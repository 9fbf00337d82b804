import type { FactUpload } from "@holdfast/contracts/agent-protocol";
import type { LiveEvent } from "@holdfast/contracts/own-api";

/** What people who watch are told of an upload. @param answered the order it closed, if any. */
export function scanStored(
  deviceId: string,
  answered: string | null,
  { workItemId, uploadId }: Pick<FactUpload, "workItemId" | "uploadId">,
): LiveEvent {
  return {
    type: "scan",
    deviceId,
    workItemId: answered ?? workItemId ?? uploadId,
    state: "completed",
    done: 0,
    total: 0,
  };
}
