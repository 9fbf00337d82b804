import { mutantsOf } from "@holdfast/engine/mutants";
import { type ProofFailure, runProofs, survivingMutants } from "@holdfast/engine/prove";
import type { Content } from "./open-content.ts";

export interface ProofReport {
  readonly checks: number;
  readonly proofs: number;
  readonly mutants: number;
  readonly failures: readonly ProofFailure[];
  /** Changed desired values that no proof of the check notices. */
  readonly survivors: readonly { readonly checkId: string; readonly address: string; readonly change: string }[];
}

/** Runs all proofs and all mutants of the ported checks, or of those with the ids. */
export function testProofs({ pack, proofs }: Content, ids: ReadonlySet<string> | null): ProofReport {
  const checks = [...pack.checks.values()].filter(({ id, require }) => require !== null && (ids?.has(id) ?? true));
  const chosen = new Set(checks.map(({ id }) => id));
  return {
    checks: checks.length,
    proofs: checks.reduce((sum, { id }) => sum + (proofs.get(id)?.length ?? 0), 0),
    mutants: checks.reduce((sum, check) => sum + mutantsOf(check).length, 0),
    failures: runProofs(pack, proofs).filter(({ checkId }) => chosen.has(checkId)),
    survivors: checks.flatMap((check) =>
      survivingMutants(check, proofs.get(check.id) ?? [], pack.conditions).map(({ address, description }) => ({
        checkId: check.id,
        address,
        change: description,
      })),
    ),
  };
}

export function renderProofReport({ checks, proofs, mutants, failures, survivors }: ProofReport): string {
  const lines = [
    ...failures.map(({ checkId, proof, message }) => `${checkId}: ${proof === null ? "" : `${proof}: `}${message}`),
    ...survivors.map(({ checkId, address, change }) => `${checkId}: no proof notices ${address} ${change}`),
  ];
  const outcome =
    lines.length === 0
      ? "All proofs hold and every mutant is caught."
      : `${failures.length} failures, ${survivors.length} mutants not caught.`;
  return `${[...lines, `${checks} checks, ${proofs} proofs, ${mutants} mutants. ${outcome}`].join("\n")}\n`;
}
