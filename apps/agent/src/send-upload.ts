import { FactAck, type FactUpload, UnknownBase } from "@holdfast/contracts/agent-protocol";
import type { Facts, Observation } from "@holdfast/contracts/fact";
import { Value } from "typebox/value";
import { differenceOf, readAcknowledged, writeAcknowledged } from "./acknowledged.ts";
import { detailOf } from "./enrol.ts";
import { type Answer, ServerUnreachable, type Uplink } from "./uplink.ts";

export type SentUpload = { readonly resultId: string } | { readonly refused: string };

/**
 * Sends an upload, as changes where the server has acknowledged a set before, and keeps what it acknowledges.
 *
 * @returns `refused` when the server will never take it: why, in a sentence.
 * @throws ServerUnreachable when it should be sent again later.
 */
export async function sendUpload(uplink: Uplink, stateDir: string, whole: FactUpload): Promise<SentUpload> {
  const facts = factsOf(whole);
  const acknowledged = await readAcknowledged(stateDir, whole.benchmark);
  let answer: Answer | null = null;
  if (acknowledged !== null) {
    const changes = { base: acknowledged.digest, ...differenceOf(acknowledged.facts, facts) };
    answer = await uplink.request("POST", "/agent/v1/facts", { ...whole, ...changes });
  }
  if (answer === null || isUnknownBase(answer)) answer = await uplink.request("POST", "/agent/v1/facts", whole);
  if (isTemporary(answer.status)) throw new ServerUnreachable(`The server refuses us: ${detailOf(answer)}`);
  if (answer.status >= 300) return { refused: detailOf(answer) };
  if (!Value.Check(FactAck, answer.body) || answer.body.digest !== whole.digest)
    throw new ServerUnreachable("The server acknowledged something else than was sent.");
  await writeAcknowledged(stateDir, whole.benchmark, { digest: whole.digest, facts });
  return { resultId: answer.body.resultId };
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
