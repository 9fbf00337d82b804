import type { FactAck, FactUpload } from "@holdfast/contracts/agent-protocol";
import { digestOfHashes, factHash } from "@holdfast/engine/fact-set";
import { type Ctx, inTransaction, type Tx } from "../../context.ts";
import { Conflict, Invalid } from "../../errors.ts";
import { publish } from "../../live-events.ts";
import { lockPolicyKey } from "../policies/queries.ts";
import { closeAnsweredScan } from "../scans/close-answered-scan.ts";
import { uuidOf } from "./check-uuid.ts";
import { type HashedFact, internFacts } from "./intern-facts.ts";
import { type Base, judgementOf } from "./judgement-of.ts";
import {
  findScanResult,
  insertFactSet,
  lockDevice,
  type StoredFacts,
  selectFactSets,
  selectOtherFacts,
  updateDeviceAfterUpload,
} from "./queries.ts";
import { recordResult } from "./record-result.ts";
import { scanStored } from "./scan-stored.ts";
import { storeRepeatedScan } from "./store-repeated-scan.ts";
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
  const resultId = resultIdOf(deviceId, upload.uploadId);
  const ack = { digest: upload.digest, resultId };
  if (await storeRepeatedScan(ctx, deviceId, resultId, upload)) return ack;
  const changed = Object.entries(upload.changed).map(([address, observation]): HashedFact => {
    // The schema admits any state; that it is plain JSON was checked above.
    const fact = observation as HashedFact["observation"];
    return { hash: factHash(address, fact), address, observation: fact };
  });
  return inTransaction(ctx, async (tx) => {
    const device = await lockDevice(tx, deviceId);
    if ((await findScanResult(tx, resultId)) !== null) return ack;
    const policy = await lockPolicyKey(tx, upload.policyId);
    if (policy.osType !== upload.platform.osType || device.osType !== upload.platform.osType) {
      throw new Invalid(`The policy is for ${policy.osType}, and this device runs ${upload.platform.osType}.`);
    }
    const { id: factSetId, base } = await storeFactSet(tx, deviceId, upload, changed);
    const { platform, agentVersion, workItemId } = upload;
    const judgement = await judgementOf(tx, policy, platform, { factSetId, importedResultId: null }, base);
    const checkedAt = new Date(upload.checkedAt);
    const received = { id: resultId, deviceId, policyId: policy.id, checkedAt, receivedAt: tx.now };
    await recordResult(tx, received, judgement);
    await updateDeviceAfterUpload(tx, device, { platform, agentVersion, factSetId });
    const answered = await closeAnsweredScan(tx, deviceId, policy.id, { workItemId, checkedAt });
    await publish(tx, scanStored(deviceId, answered, upload));
    return ack;
  });
}

/** One id per device and upload, so that storing it twice cannot be. */
export function resultIdOf(deviceId: string, uploadId: string): string {
  return uuidOf(`result\n${deviceId.toLowerCase()}\n${uploadId.toLowerCase()}`);
}

/** The set the upload describes, stored when the device never had it, and the one it is described by. */
async function storeFactSet(
  tx: Tx,
  deviceId: string,
  { base, digest, removed }: FactUpload,
  changed: readonly HashedFact[],
): Promise<{ readonly id: number; readonly base: Base | null }> {
  const sets = await selectFactSets(tx, deviceId, base === null ? [digest] : [digest, base]);
  const known = sets.get(digest);
  const baseId = base === null ? null : sets.get(base);
  if (baseId === undefined) throw unknownBase("The server does not have the set these changes are relative to.");
  const addresses = [...removed, ...changed.map(({ address }) => address)];
  const kept = baseId === null ? noFacts : await selectOtherFacts(tx, baseId, addresses);
  const hashes = [...kept.hashes, ...changed.map(({ hash }) => hash)];
  if (hashes.length > maxFacts)
    throw new Invalid(`A device has at most ${maxFacts} facts; these are ${hashes.length}.`);
  if (digestOfHashes(hashes) !== digest) {
    if (base !== null) throw unknownBase("The changes do not give the set with the stated digest.");
    throw new Invalid("The facts do not have the stated digest.");
  }
  const from = baseId === null ? null : { factSetId: baseId, changed: addresses };
  if (known !== undefined) return { id: known, base: from };
  const interned = await internFacts(tx, changed);
  const factIds = [...kept.ids, ...interned.values()].sort((a, b) => a - b);
  return { id: await insertFactSet(tx, deviceId, digest, factIds), base: from };
}

const noFacts: StoredFacts = { ids: [], hashes: [] };

function unknownBase(detail: string): Conflict {
  return new Conflict(`${detail} Send the whole set.`, { code: "unknown_base" });
}
