import { Severity } from "@holdfast/contracts/severity";
import { type Static, Type } from "typebox";
import type { Tx } from "../../context.ts";

/** A finding of another scanner, in the words of interface B; members we do not know are left out. */
export const ImportedFinding = Type.Object({
  checkId: Type.String({ minLength: 1, maxLength: 100 }),
  title: Type.Optional(Type.String({ maxLength: 500 })),
  severity: Type.Optional(Severity),
  status: Type.Enum(["pass", "fail", "not_applicable", "error"]),
  evidence: Type.Optional(Type.Unknown()),
  remediation: Type.Optional(Type.Unknown()),
  message: Type.Optional(Type.Union([Type.String({ maxLength: 4000 }), Type.Null()])),
});
export type ImportedFinding = Static<typeof ImportedFinding>;

export async function insertImported(
  tx: Tx,
  {
    deviceId,
    source,
    findings,
  }: { readonly deviceId: string; readonly source: string; readonly findings: readonly ImportedFinding[] },
): Promise<number> {
  const { id } = await tx.db
    .insertInto("importedResult")
    .values({ orgId: tx.orgId, deviceId, source, findings: JSON.stringify(findings) })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** As they were given. */
export async function selectImportedFindings(tx: Tx, id: number): Promise<ImportedFinding[]> {
  const { findings } = await tx.db
    .selectFrom("importedResult")
    .select("findings")
    .where("orgId", "=", tx.orgId)
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  // Only insertImported writes them.
  return findings as ImportedFinding[];
}
