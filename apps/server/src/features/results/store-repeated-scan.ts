import type { FactUpload } from "@holdfast/contracts/agent-protocol";
import { canonicalJson } from "@holdfast/contracts/json";
import { type Kysely, sql } from "kysely";
import type { Ctx } from "../../context.ts";
import type { Database } from "../../db/schema.ts";
import { Gathered } from "../../gathered.ts";
import { contentDigestOf } from "./judgement-of.ts";
import { scanStored } from "./scan-stored.ts";

/**
 * Stores a scan that found what the device's latest result of the policy was judged on, and closes the order it answers. Most
 * scans find nothing new, so those that come at once are stored in one statement.
 *
 * @returns whether it did; if not, at most when the device was seen is stored.
 */
export async function storeRepeatedScan(
  { services, orgId, now }: Ctx,
  deviceId: string,
  resultId: string,
  upload: FactUpload,
): Promise<boolean> {
  const { base, digest, changed, removed, platform } = upload;
  if (base !== digest || removed.length > 0 || Object.keys(changed).length > 0) return false;
  const contentDigest = contentDigestOf(services.pack, platform);
  const stored = await gatheredIn(services.db, orgId).call({ deviceId, resultId, contentDigest, now, upload });
  if (stored !== null) services.events?.tell(orgId, scanStored(deviceId, stored.answered, upload));
  return stored !== null;
}

interface Repeated {
  readonly deviceId: string;
  readonly resultId: string;
  readonly contentDigest: Buffer;
  readonly now: Date;
  readonly upload: FactUpload;
}

interface Stored {
  readonly result: string;
  /** The order it closes. */
  readonly answered: string | null;
}

const gathered = new WeakMap<Kysely<Database>, Map<string, Gathered<Repeated, Stored | null>>>();

/** Of one organisation: a statement sees no other's rows. */
function gatheredIn(db: Kysely<Database>, orgId: string): Gathered<Repeated, Stored | null> {
  const byOrganisation = gathered.get(db) ?? new Map<string, Gathered<Repeated, Stored | null>>();
  gathered.set(db, byOrganisation);
  const known = byOrganisation.get(orgId);
  if (known !== undefined) return known;
  const made = new Gathered<Repeated, Stored | null>(
    (scans) => storeTogether(db, orgId, scans),
    ({ deviceId }) => deviceId,
  );
  byOrganisation.set(orgId, made);
  return made;
}

/** Null for each that is not stored. */
async function storeTogether(
  db: Kysely<Database>,
  orgId: string,
  scans: readonly Repeated[],
): Promise<readonly (Stored | null)[]> {
  const uploads = scans.map(({ upload }) => upload);
  const { rows } = await sql<Stored>`select result, answered from store_repeated_scans(
    ${orgId}, ${scans.map(({ deviceId }) => deviceId)}, ${uploads.map(({ policyId }) => policyId)},
    ${scans.map(({ resultId }) => resultId)}, ${uploads.map(({ digest }) => Buffer.from(digest, "hex"))},
    ${scans.map(({ contentDigest }) => contentDigest)}, ${uploads.map(({ platform }) => canonicalJson(platform))},
    ${uploads.map(({ agentVersion }) => agentVersion)}, ${uploads.map(({ checkedAt }) => checkedAt)},
    ${scans.map(({ now }) => now)}, ${uploads.map(({ workItemId }) => workItemId)})`.execute(db);
  const byResult = new Map(rows.map((row) => [row.result, row]));
  return scans.map(({ resultId }) => byResult.get(resultId) ?? null);
}
