import { createHash } from "node:crypto";
import type { Pack } from "@holdfast/content/pack";
import type { FactAddress } from "@holdfast/contracts/fact";
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
  type JudgementKey,
  type KeptJudgement,
  selectFacts,
} from "./queries.ts";

/** What a policy judges: facts, or what another scanner said. */
export type Subject = Pick<Judgement, "factSetId" | "importedResultId">;

/** A set that facts differ from at some addresses only. */
export interface Base {
  readonly factSetId: number;
  readonly changed: readonly FactAddress[];
}

/**
 * What the policy says of it: looked up when it was judged before, else judged now.
 *
 * @param base of facts: where the same policy has judged this set, only what the changes can alter is judged.
 */
export async function judgementOf(
  tx: Tx,
  policy: Policy,
  platform: Platform,
  { factSetId, importedResultId }: Subject,
  base: Base | null = null,
): Promise<KeptJudgement> {
  const { id: policyId, revision: policyRevision } = policy;
  const contentDigest = contentDigestOf(tx.services.pack, platform);
  const key = { factSetId, importedResultId, policyId, policyRevision, contentDigest };
  const known = await findJudgement(tx, key);
  if (known !== null) return known;
  const { layout, ...judged } =
    (await judgeSince(tx, policy, platform, key, base)) ??
    (await judge(tx, policy, platform, { factSetId, importedResultId }));
  const parameters = Object.keys(policy.parameters).length === 0 ? null : JSON.stringify(policy.parameters);
  const layoutId = layout === null ? null : await internLayout(tx, layout);
  const id = await insertJudgement(tx, { ...key, ...judged, parameters, layoutId, orgId: tx.orgId });
  return { ...judged, id, layoutId };
}

/** SHA-256 of what a verdict depends on besides facts and policy: the content pack and the platform. */
export function contentDigestOf({ digest }: Pack, { osType, id, version }: Platform): Buffer {
  return createHash("sha256")
    .update(canonicalJson([digest, osType, id, version]))
    .digest();
}

/** Null where there is nothing to go on from. */
async function judgeSince(
  tx: Tx,
  policy: Policy,
  platform: Platform,
  key: JudgementKey,
  base: Base | null,
): Promise<Judged | null> {
  if (base === null || key.factSetId === null) return null;
  const before = await findJudgement(tx, { ...key, factSetId: base.factSetId });
  if (before === null) return null;
  const { pack } = tx.services;
  const { changed } = base;
  const addresses = factRequestsOfChecks(pack, checksReading(pack, changed)).map(({ address }) => address);
  const facts = await selectFacts(tx, key.factSetId, addresses);
  return judgeChanges(pack, policy, platform, { statuses: before.statuses, changed, facts });
}

async function judge(
  tx: Tx,
  policy: Policy,
  platform: Platform,
  { factSetId, importedResultId }: Subject,
): Promise<Judged> {
  const { pack } = tx.services;
  const isSwitchedOff = await selectSwitchedOff(tx);
  if (factSetId !== null) return judgeFacts(pack, policy, platform, await selectFacts(tx, factSetId), isSwitchedOff);
  if (importedResultId === null) throw new Error("a judgement is of facts or of an imported result");
  return judgeImported(pack, policy, platform, await selectImportedFindings(tx, importedResultId), isSwitchedOff);
}
