import type { FactUpload } from "@holdfast/contracts/agent-protocol";
import { sendUpload } from "./send-upload.ts";
import type { Spool } from "./spool.ts";
import { ServerUnreachable, type Uplink } from "./uplink.ts";

export interface DeliveryOptions {
  readonly uplink: Uplink;
  readonly spool: Spool;
  readonly stateDir: string;
  readonly log: (line: string) => void;
}

/** Brings uploads to the server in the order they were made; while it is away they wait on disk. */
export interface Delivery {
  /** Sends what has waited, then this; or puts it behind what has waited. Never throws for a server that is away. */
  deliver(upload: FactUpload): Promise<"sent" | "waiting">;
  /** Sends what has waited. @throws ServerUnreachable */
  sendWaiting(): Promise<void>;
}

export function openDelivery({ uplink, spool, stateDir, log }: DeliveryOptions): Delivery {
  /** @throws ServerUnreachable when it should be sent again later. What the server will never take is given up. */
  async function send(whole: FactUpload): Promise<void> {
    const sent = await sendUpload(uplink, stateDir, whole);
    if ("refused" in sent) await giveUp(whole, sent.refused);
  }

  async function giveUp({ workItemId }: FactUpload, reason: string): Promise<void> {
    log(`the server does not take a scan: ${reason}`);
    if (workItemId !== null) await reportFailure(uplink, workItemId, `The upload was refused: ${reason}`);
  }

  return {
    sendWaiting: () => spool.drain(send),
    async deliver(upload) {
      try {
        await spool.drain(send);
        await send(upload);
        return "sent";
      } catch (error) {
        if (!(error instanceof ServerUnreachable)) throw error;
        await spool.add(upload);
        log(`the scan waits for the server: ${error.message}`);
        return "waiting";
      }
    },
  };
}

/** Tells the server that a work item cannot be done. @throws ServerUnreachable */
export async function reportFailure(uplink: Uplink, workItemId: string, message: string): Promise<void> {
  await uplink.request("POST", `/agent/v1/work/${workItemId}/fail`, { message: message.slice(0, 500) });
}
