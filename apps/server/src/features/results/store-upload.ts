import type { FactAck, FactUpload } from "@holdfast/contracts/agent-protocol";
import { digestOfHashes, factHash } from "@holdfast/engine/fact-set";
import { type Ctx, inTransaction, type Tx } from "../../context.ts";
import { Conflict, Invalid } from "../../errors.ts";
import { lockPolicyKey } from "../policies/queries.ts";
import { uuidOf } from "./check-uuid.ts";
import { type HashedFact, insertFactSet } from "./insert-fact-set.ts";
import { besideChanged, contentDigestOf, judgementOf } from "./judgement-of.ts";
import { lockDevice } from "./queries.ts";
import { recordResult } from "./record-result.ts";
import { scanStored } from "./scan-stored.ts";
import { storeRepeatedScan } from "./store-repeated-scan.ts";
import { assertWithinLimits, maxFacts } from "./upload-limits.ts";
import { findUploadBase, finishUpload, type UploadBase } from "./upload-queries.ts";

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
  const stored = await inTransaction(ctx, (tx) => storeChanged(tx, deviceId, resultId, upload, changed));
  if (stored !== null) ctx.services.events?.tell(ctx.orgId, scanStored(deviceId, stored.answered, upload));
  return ack;
}

/** @returns the order it closes, if any; null when the upload was stored before. */
async function storeChanged(
  tx: Tx,
  deviceId: string,
  resultId: string,
  upload: FactUpload,
  changed: readonly HashedFact[],
): Promise<{ readonly answered: string | null } | null> {
  const { platform, agentVersion, workItemId } = upload;
  const device = await lockDevice(tx, deviceId);
  const addresses = [...upload.removed, ...changed.map(({ address }) => address)];
  const wanted = upload.base === null ? [] : besideChanged(tx.services.pack, addresses);
  const contentDigest = contentDigestOf(tx.services.pack, platform);
  const known = await findUploadBase(tx, { ...upload, deviceId, resultId, contentDigest }, addresses, wanted);
  if (known.stored) return null;
  const policy = await lockPolicyKey(tx, upload.policyId);
  if (policy.osType !== platform.osType || device.osType !== platform.osType) {
    throw new Invalid(`The policy is for ${policy.osType}, and this device runs ${platform.osType}.`);
  }
  const factSetId = await storeFactSet(tx, deviceId, upload, changed, known);
  const now = changed.map(({ address, observation }) => [address, observation] as const);
  const { judged } = known;
  const judgement = await judgementOf(
    tx,
    policy,
    platform,
    { factSetId, importedResultId: null },
    {
      base: judged === null ? null : { judged, changed: addresses, facts: new Map([...known.facts, ...now]) },
      isNew: known.setId === null,
    },
  );
  const checkedAt = new Date(upload.checkedAt);
  await recordResult(tx, { id: resultId, deviceId, policyId: policy.id, checkedAt, receivedAt: tx.now }, judgement);
  const left = { platform, agentVersion, factSetId };
  return { answered: await finishUpload(tx, device, left, { policyId: policy.id, workItemId, checkedAt }) };
}

/** One id per device and upload, so that storing it twice cannot be. */
export function resultIdOf(deviceId: string, uploadId: string): string {
  return uuidOf(`result\n${deviceId.toLowerCase()}\n${uploadId.toLowerCase()}`);
}

/** The set the upload describes, stored when the device never had it. @returns its id. */
async function storeFactSet(
  tx: Tx,
  deviceId: string,
  { base, digest }: FactUpload,
  changed: readonly HashedFact[],
  known: UploadBase,
): Promise<number> {
  if (base !== null && known.baseId === null)
    throw unknownBase("The server does not have the set these changes are relative to.");
  const hashes = [...known.hashes, ...changed.map(({ hash }) => hash)];
  if (hashes.length > maxFacts)
    throw new Invalid(`A device has at most ${maxFacts} facts; these are ${hashes.length}.`);
  if (digestOfHashes(hashes) !== digest) {
    if (base !== null) throw unknownBase("The changes do not give the set with the stated digest.");
    throw new Invalid("The facts do not have the stated digest.");
  }
  if (known.setId !== null) return known.setId;
  return insertFactSet(tx, deviceId, digest, known.ids, changed);
}

function unknownBase(detail: string): Conflict {
  return new Conflict(`${detail} Send the whole set.`, { code: "unknown_base" });
}
