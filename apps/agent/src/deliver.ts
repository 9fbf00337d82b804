import { FactAck, type FactUpload, UnknownBase } from "@holdfast/contracts/agent-protocol";
import type { Facts, Observation } from "@holdfast/contracts/fact";
import { Value } from "typebox/value";
import { differenceOf, readAcknowledged, writeAcknowledged } from "./acknowledged.ts";
import { detailOf } from "./enrol.ts";
import type { Spool } from "./spool.ts";
import { type Answer, ServerUnreachable, type Uplink } from "./uplink.ts";

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
    const facts = factsOf(whole);
    const acknowledged = await readAcknowledged(stateDir, whole.benchmark);
    let answer: Answer | null = null;
    if (acknowledged !== null) {
      const changes = { base: acknowledged.digest, ...differenceOf(acknowledged.facts, facts) };
      answer = await uplink.request("POST", "/agent/v1/facts", { ...whole, ...changes });
    }
    if (answer === null || isUnknownBase(answer)) answer = await uplink.request("POST", "/agent/v1/facts", whole);
    if (isTemporary(answer.status)) throw new ServerUnreachable(`The server refuses us: ${detailOf(answer)}`);
    if (answer.status >= 300) return giveUp(whole, detailOf(answer));
    if (!Value.Check(FactAck, answer.body) || answer.body.digest !== whole.digest)
      throw new ServerUnreachable("The server acknowledged something else than was sent.");
    await writeAcknowledged(stateDir, whole.benchmark, { digest: whole.digest, facts });
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

/** The schema has held each member to be an observation; its state is JSON since it was read or parsed as such. */
function factsOf({ changed }: FactUpload): Facts {
  return new Map(Object.entries(changed) as [string, Observation][]);
}

function isUnknownBase({ status, body }: Answer): boolean {
  return status === 409 && Value.Check(UnknownBase, body);
}

/** Refused for who we are or when we ask, not for what we send. */
export function isTemporary(status: number): boolean {
  return status === 401 || status === 403 || status === 408 || status === 425;
}
