import { randomUUID } from "node:crypto";
import { audit } from "../../audit.ts";
import { type Ctx, inTransaction, requirePermission, type Tx } from "../../context.ts";
import { Invalid } from "../../errors.ts";
import { parseTime } from "../../http/parse-time.ts";
import { publish } from "../../live-events.ts";
import { listImportedChecks } from "../checks/list-imported-checks.ts";
import { selectDevice } from "../devices/queries.ts";
import type { Policy } from "../policies/policy.ts";
import { lockPolicyKey } from "../policies/queries.ts";
import { checkUuid } from "./check-uuid.ts";
import { type ImportedFinding, insertImported } from "./imported-findings.ts";
import { type ImportedBenchmark, importedBenchmark } from "./judge-imported.ts";
import { judgementOf } from "./judgement-of.ts";
import { lockDevice } from "./queries.ts";
import { recordResult } from "./record-result.ts";
import { maxAheadMs } from "./upload-limits.ts";

export interface ImportedResult {
  readonly policyId: string;
  readonly checkedAt: string;
  /** The scanner, for people. */
  readonly source: string;
  readonly findings: readonly ImportedFinding[];
}

/**
 * Stores what another scanner found on a device: counted and scored like any result, the verdicts as given.
 *
 * @returns the result's id.
 * @throws Forbidden, NotFound, or Invalid for another operating system's policy, a time more than 24 hours ahead or a
 * check given twice.
 */
export async function importResult(ctx: Ctx, deviceId: string, imported: ImportedResult): Promise<string> {
  requirePermission(ctx, "devices:write");
  const { source, findings } = imported;
  const checkedAt = parseTime(imported.checkedAt, "checkedAt");
  if (checkedAt.getTime() > ctx.now.getTime() + maxAheadMs) throw new Invalid("checkedAt is more than 24 hours ahead.");
  const twice = findings.find(({ checkId }, at) => findings.findIndex((other) => other.checkId === checkId) !== at);
  if (twice !== undefined) throw new Invalid(`The findings have ${twice.checkId} twice; give each check once.`);
  return inTransaction(ctx, async (tx) => {
    await selectDevice(tx, deviceId);
    const { platform, osType } = await lockDevice(tx, deviceId);
    const policy = await lockPolicyKey(tx, imported.policyId);
    if (policy.osType !== osType) {
      throw new Invalid(`The policy is for ${policy.osType}, and this device runs ${osType}.`);
    }
    await insertUnknownChecks(tx, policy, importedBenchmark(tx.services.pack, policy, platform), findings);
    const importedResultId = await insertImported(tx, { deviceId, source, findings });
    const judgement = await judgementOf(tx, policy, platform, { factSetId: null, importedResultId });
    const id = randomUUID();
    await recordResult(tx, { id, deviceId, policyId: policy.id, checkedAt, receivedAt: tx.now }, judgement);
    await publish(tx, { type: "scan", deviceId, workItemId: id, state: "completed", done: 0, total: 0 });
    await audit(tx, {
      action: "result.import",
      subject: { type: "device", id: deviceId },
      detail: { resultId: id, policyId: policy.id, source, findings: findings.length },
    });
    return id;
  });
}

/** What the content does not know can be switched off and excepted all the same. */
async function insertUnknownChecks(
  tx: Tx,
  { level, osType }: Policy,
  benchmark: ImportedBenchmark,
  findings: readonly ImportedFinding[],
): Promise<void> {
  const unknown = findings.filter(({ checkId }) => benchmark.checkOf(checkId) === null);
  await listImportedChecks(
    tx,
    unknown.map(({ checkId: number, title, severity }, place) => ({
      orgId: tx.orgId,
      id: checkUuid(tx.orgId, benchmark.id, number),
      benchmark: benchmark.id,
      number,
      place,
      title: title ?? `Recommendation ${number}`,
      description: "",
      level,
      category: "",
      severity: severity ?? "medium",
      osType,
      remediation: "",
      builtin: false,
      seeded: false,
    })),
  );
}
