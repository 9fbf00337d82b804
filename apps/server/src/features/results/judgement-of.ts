import { createHash } from "node:crypto";
import type { Pack } from "@holdfast/content/pack";
import type { FactAddress, Facts } from "@holdfast/contracts/fact";
import { canonicalJson } from "@holdfast/contracts/json";
import type { Platform } from "@holdfast/contracts/platform";
import { checksReading, factRequestsOfChecks } from "@holdfast/engine/fact-requests";
import type { Tx } from "../../context.ts";
import { selectSwitchedOff } from "../checks/queries.ts";
import type { Policy } from "../policies/policy.ts";
import { selectImportedFindings } from "./imported-findings.ts";
import { judgeChanges, judgeFacts } from "./judge-facts.ts";
import { judgeImported } from "./judge-imported.ts";
import type { Judged } from "./outcome.ts";
import {
  findJudgement,
  insertJudgement,
  internLayout,
  type Judgement,
  type KeptJudgement,
  selectFacts,
} from "./queries.ts";
import type { PastJudgement } from "./upload-queries.ts";

/** What a policy judges: facts, or what another scanner said. */
export type Subject = Pick<Judgement, "factSetId" | "importedResultId">;

/** Another set that the facts differ from at some addresses only, and what the policy said of it. */
export interface Base {
  readonly judged: PastJudgement;
  readonly changed: readonly FactAddress[];
  /** With the changes; at least those of `besideChanged`. */
  readonly facts: Facts;
}

/** What the checks look at which look at a changed fact. */
export function besideChanged(pack: Pack, changed: readonly FactAddress[]): FactAddress[] {
  return factRequestsOfChecks(pack, checksReading(pack, changed)).map(({ address }) => address);
}

/**
 * What the policy says of it: looked up when it was judged before, else judged now.
 *
 * @param base judged by the same content: only what the changes can alter is judged, if the policy is still the same.
 * @param isNew whether it was stored just now, so that nobody can have judged it.
 */
export async function judgementOf(
  tx: Tx,
  policy: Policy,
  platform: Platform,
  { factSetId, importedResultId }: Subject,
  { base = null, isNew = false }: { readonly base?: Base | null; readonly isNew?: boolean } = {},
): Promise<KeptJudgement> {
  const { id: policyId, revision: policyRevision } = policy;
  const contentDigest = contentDigestOf(tx.services.pack, platform);
  const key = { factSetId, importedResultId, policyId, policyRevision, contentDigest };
  const known = isNew ? null : await findJudgement(tx, key);
  if (known !== null) return known;
  const { layoutId, ...judged } =
    judgeSince(tx, policy, platform, base) ?? (await judge(tx, policy, platform, { factSetId, importedResultId }));
  const parameters = Object.keys(policy.parameters).length === 0 ? null : JSON.stringify(policy.parameters);
  const id = await insertJudgement(tx, { ...key, ...judged, parameters, layoutId, orgId: tx.orgId });
  return { ...judged, id, layoutId };
}

/** SHA-256 of what a verdict depends on besides facts and policy: the content pack and the platform. */
export function contentDigestOf({ digest }: Pack, { osType, id, version }: Platform): Buffer {
  return createHash("sha256")
    .update(canonicalJson([digest, osType, id, version]))
    .digest();
}

/** With what its places mean stored. */
type Laid = Omit<Judged, "layout"> & Pick<Judgement, "layoutId">;

/** Null where there is nothing to go on from. */
function judgeSince(tx: Tx, policy: Policy, platform: Platform, base: Base | null): Laid | null {
  if (base === null || base.judged.policyRevision !== policy.revision) return null;
  const { changed, facts } = base;
  const { statuses, layoutId } = base.judged;
  const { layout: _, ...judged } = judgeChanges(tx.services.pack, policy, platform, { statuses, changed, facts });
  return { ...judged, layoutId };
}

async function judge(
  tx: Tx,
  policy: Policy,
  platform: Platform,
  { factSetId, importedResultId }: Subject,
): Promise<Laid> {
  const { pack } = tx.services;
  const isSwitchedOff = await selectSwitchedOff(tx);
  const { layout, ...judged } =
    factSetId === null
      ? judgeImported(pack, policy, platform, await importedIn(tx, importedResultId), isSwitchedOff)
      : judgeFacts(pack, policy, platform, await selectFacts(tx, factSetId), isSwitchedOff);
  return { ...judged, layoutId: layout === null ? null : await internLayout(tx, layout) };
}

async function importedIn(tx: Tx, importedResultId: Subject["importedResultId"]) {
  if (importedResultId === null) throw new Error("a judgement is of facts or of an imported result");
  return selectImportedFindings(tx, importedResultId);
}
