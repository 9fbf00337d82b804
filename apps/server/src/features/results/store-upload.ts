import type { FactAck, FactUpload } from "@holdfast/contracts/agent-protocol";
import { digestOfHashes, factHash } from "@holdfast/engine/fact-set";
import { type Ctx, inTransaction, type Tx } from "../../context.ts";
import { Conflict, Invalid } from "../../errors.ts";
import { publish } from "../../live-events.ts";
import { lockPolicyKey } from "../policies/queries.ts";
import { closeAnsweredScan } from "../scans/close-answered-scan.ts";
import { uuidOf } from "./check-uuid.ts";
import { type HashedFact, internFacts } from "./intern-facts.ts";
import { judgementOf } from "./judgement-of.ts";
import {
  findFactSet,
  findScanResult,
  insertFactSet,
  lockDevice,
  selectFactKeys,
  updateDeviceAfterUpload,
} from "./queries.ts";
import { recordResult } from "./record-result.ts";
import { assertWithinLimits, maxFacts } from "./upload-limits.ts";

/**
 * Stores what an agent observed and judges it: facts, result, latest result and the end of the work item in one
 * transaction. The same upload sent again is answered as before and stores nothing.
 *
 * @throws Conflict `unknown_base`: send the whole set. Invalid when it is not what it says or too large. NotFound for
 * a policy that is gone.
 */
export async function storeUpload(ctx: Ctx, deviceId: string, upload: FactUpload): Promise<FactAck> {
  assertWithinLimits(upload, ctx.now);
  const changed = Object.entries(upload.changed).map(([address, observation]): HashedFact => {
    // The schema admits any state; that it is plain JSON was checked above.
    const fact = observation as HashedFact["observation"];
    return { hash: factHash(address, fact), address, observation: fact };
  });
  return inTransaction(ctx, async (tx) => {
    const device = await lockDevice(tx, deviceId);
    const resultId = resultIdOf(deviceId, upload.uploadId);
    const ack = { digest: upload.digest, resultId };
    if ((await findScanResult(tx, resultId)) !== null) return ack;
    const policy = await lockPolicyKey(tx, upload.policyId);
    if (policy.osType !== upload.platform.osType || device.osType !== upload.platform.osType) {
      throw new Invalid(`The policy is for ${policy.osType}, and this device runs ${upload.platform.osType}.`);
    }
    const factSetId = await storeFactSet(tx, deviceId, upload, changed);
    const { platform, agentVersion, workItemId } = upload;
    const judgementId = await judgementOf(tx, policy, platform, { factSetId, importedResultId: null });
    const checkedAt = new Date(upload.checkedAt);
    const received = { id: resultId, deviceId, policyId: policy.id, checkedAt, receivedAt: tx.now };
    await recordResult(tx, { ...received, judgementId });
    await updateDeviceAfterUpload(tx, device, { platform, agentVersion, factSetId });
    const answered = await closeAnsweredScan(tx, deviceId, policy.id, { workItemId, checkedAt });
    await publish(tx, {
      type: "scan",
      deviceId,
      workItemId: answered ?? workItemId ?? upload.uploadId,
      state: "completed",
      done: 0,
      total: 0,
    });
    return ack;
  });
}

/** One id per device and upload, so that storing it twice cannot be. */
export function resultIdOf(deviceId: string, uploadId: string): string {
  return uuidOf(`result\n${deviceId.toLowerCase()}\n${uploadId.toLowerCase()}`);
}

/** The id of the set the upload describes, stored when the device never had it. */
async function storeFactSet(
  tx: Tx,
  deviceId: string,
  { base, digest, removed }: FactUpload,
  changed: readonly HashedFact[],
): Promise<number> {
  const known = await findFactSet(tx, deviceId, digest);
  if (known !== null && base === digest && changed.length === 0 && removed.length === 0) return known.id;
  const hashes = new Map<string, string>();
  const ids = new Map<string, number>();
  if (base !== null) {
    const before = await findFactSet(tx, deviceId, base);
    if (before === null) throw unknownBase("The server does not have the set these changes are relative to.");
    for (const { id, address, hash } of await selectFactKeys(tx, before.factIds)) {
      hashes.set(address, hash);
      ids.set(hash, id);
    }
  }
  for (const address of removed) hashes.delete(address);
  for (const { address, hash } of changed) hashes.set(address, hash);
  if (hashes.size > maxFacts) throw new Invalid(`A device has at most ${maxFacts} facts; these are ${hashes.size}.`);
  if (digestOfHashes([...hashes.values()]) !== digest) {
    if (base !== null) throw unknownBase("The changes do not give the set with the stated digest.");
    throw new Invalid("The facts do not have the stated digest.");
  }
  if (known !== null) return known.id;
  for (const [hash, id] of await internFacts(tx, changed)) ids.set(hash, id);
  const factIds = [...hashes.values()].flatMap((hash) => ids.get(hash) ?? []).sort((a, b) => a - b);
  return insertFactSet(tx, deviceId, digest, factIds);
}

function unknownBase(detail: string): Conflict {
  return new Conflict(`${detail} Send the whole set.`, { code: "unknown_base" });
}
