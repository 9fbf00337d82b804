import type { Check, Pack } from "@holdfast/content/pack";
import type { Proof } from "@holdfast/content/proofs";
import type { FactAddress, Observation } from "@holdfast/contracts/fact";
import { chooseProofs } from "./draft/choose-proofs.ts";
import { proofPool } from "./draft/proof-pool.ts";
import { missingVerdicts, survivingMutants } from "./prove.ts";

/** What drafting gave for one check. */
export interface ProofDraft {
  /** To be added to the check's proofs; each was judged by the check itself and gives the verdict it names. */
  readonly proofs: readonly Proof[];
  /** The states of the first proof, which others differ from; null when no passing state was found. */
  readonly base: ReadonlyMap<FactAddress, Observation> | null;
  /** What the proofs still do not show, for a person to write by hand; empty when they are complete. */
  readonly lacking: readonly string[];
}

/**
 * Drafts the proofs that a check lacks beside those it has: states made up from what the check wants, on both sides of
 * every boundary, kept as far as they are needed to show each verdict and to catch every mutant. The same check gives
 * the same draft.
 */
export function draftProofs(check: Check, existing: readonly Proof[], pack: Pick<Pack, "conditions">): ProofDraft {
  if (check.require === null) return { proofs: [], base: null, lacking: [] };
  const { conditions } = pack;
  const isComplete = (proofs: readonly Proof[]): boolean =>
    proofs.length > 0 &&
    missingVerdicts(check, proofs).length === 0 &&
    survivingMutants(check, proofs, conditions).length === 0;
  if (isComplete(existing)) return { proofs: [], base: null, lacking: [] };
  const pool = proofPool(check, conditions);
  const chosen = chooseProofs(check, existing, pool, conditions);
  const all = [...existing, ...chosen];
  return {
    proofs: chosen,
    base: pool[0]?.facts ?? null,
    lacking: [
      ...missingVerdicts(check, all).map((verdict) => `no proof gives ${verdict}`),
      ...survivingMutants(check, all, conditions).map(
        ({ address, description }) => `survives: ${address} ${description}`,
      ),
    ],
  };
}
