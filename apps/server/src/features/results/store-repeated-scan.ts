import type { FactUpload } from "@holdfast/contracts/agent-protocol";
import { canonicalJson } from "@holdfast/contracts/json";
import { sql } from "kysely";
import type { Ctx } from "../../context.ts";
import { contentDigestOf } from "./judgement-of.ts";
import { scanStored } from "./scan-stored.ts";

/**
 * Stores a scan that found what the device's latest result of the policy was judged on, and closes the order it answers: all
 * in one statement, since most scans find nothing new.
 *
 * @returns whether it did; if not, nothing but when the device was seen is stored.
 */
export async function storeRepeatedScan(
  { services, orgId, now }: Ctx,
  deviceId: string,
  resultId: string,
  upload: FactUpload,
): Promise<boolean> {
  const { base, digest, changed, removed, policyId, platform, agentVersion, checkedAt, workItemId } = upload;
  if (base !== digest || removed.length > 0 || Object.keys(changed).length > 0) return false;
  const { stored, answered } = await sql<Stored>`select stored, answered from store_repeated_scan(
    ${orgId}, ${deviceId}, ${policyId}, ${resultId}, ${Buffer.from(digest, "hex")},
    ${contentDigestOf(services.pack, platform)}, ${canonicalJson(platform)}, ${agentVersion}, ${checkedAt}, ${now},
    ${workItemId})`
    .execute(services.db)
    .then(({ rows }) => rows[0] ?? nothing, nothingWhenOvertaken);
  if (stored) services.events?.tell(orgId, scanStored(deviceId, answered, upload));
  return stored;
}

interface Stored {
  readonly stored: boolean;
  readonly answered: string | null;
}

const nothing: Stored = { stored: false, answered: null };

/** The policy was deleted while the statement ran. */
function nothingWhenOvertaken(error: unknown): Stored {
  const serializationFailure = "40001";
  if ((error as { readonly code?: unknown }).code === serializationFailure) return nothing;
  throw error;
}
