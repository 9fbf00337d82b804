import { createHash } from "node:crypto";
import { canonicalJson } from "@holdfast/contracts/json";
import type { Platform } from "@holdfast/contracts/platform";
import type { Tx } from "../../context.ts";
import { selectSwitchedOff } from "../checks/queries.ts";
import type { Policy } from "../policies/policy.ts";
import { selectImportedFindings } from "./imported-findings.ts";
import { judgeFacts } from "./judge-facts.ts";
import { judgeImported } from "./judge-imported.ts";
import type { Judged } from "./outcome.ts";
import { findJudgement, insertJudgement, internLayout, type Judgement, selectFacts } from "./queries.ts";

/** What a policy judges: facts, or what another scanner said. */
export type Subject = Pick<Judgement, "factSetId" | "importedResultId">;

/** What the policy says of it: looked up when it was judged before, else judged now. @returns the judgement's id. */
export async function judgementOf(
  tx: Tx,
  policy: Policy,
  platform: Platform,
  { factSetId, importedResultId }: Subject,
): Promise<number> {
  const { pack } = tx.services;
  const { osType, id, version } = platform;
  const contentDigest = createHash("sha256")
    .update(canonicalJson([pack.digest, osType, id, version]))
    .digest();
  const key = { factSetId, importedResultId, policyId: policy.id, policyRevision: policy.revision, contentDigest };
  const known = await findJudgement(tx, key);
  if (known !== null) return known;
  const { layout, ...judged } = await judge(tx, policy, platform, { factSetId, importedResultId });
  const parameters = Object.keys(policy.parameters).length === 0 ? null : JSON.stringify(policy.parameters);
  const layoutId = layout === null ? null : await internLayout(tx, layout);
  return insertJudgement(tx, { ...key, ...judged, parameters, layoutId, orgId: tx.orgId });
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
