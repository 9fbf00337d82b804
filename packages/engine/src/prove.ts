import { childrenOf, type Expression, expectationsOf } from "@holdfast/content/expression";
import type { Check, Condition, Pack } from "@holdfast/content/pack";
import type { Proof, Proofs } from "@holdfast/content/proofs";
import type { Verdict } from "@holdfast/contracts/verdict";
import { asksAPerson } from "./asks-a-person.ts";
import { judgeCheck } from "./judge.ts";
import { type Mutant, mutantsOf } from "./mutants.ts";

/** A proof whose facts were judged otherwise than it says, or a check that its proofs do not show enough of. */
export interface ProofFailure {
  readonly checkId: string;
  /** The proof's name; null when the failure is of all the check's proofs together. */
  readonly proof: string | null;
  readonly message: string;
}

type Conditions = ReadonlyMap<string, Condition>;

/** Judges every proof, and finds ported checks without the proofs they need. Empty: all are as they should be. */
export function runProofs(pack: Pack, proofs: Proofs): ProofFailure[] {
  return [...pack.checks.values()].flatMap((check) => {
    if (check.require === null) return [];
    const own = proofs.get(check.id) ?? [];
    const wrong = own.flatMap((proof) => {
      const { verdict, message } = judgeCheck(check, { facts: proof.facts, conditions: pack.conditions });
      if (verdict === proof.verdict) return [];
      const reason = message === "" ? "" : ` (${message})`;
      return [
        { checkId: check.id, proof: proof.name, message: `expected ${proof.verdict}, judged ${verdict}${reason}` },
      ];
    });
    const missing = missingVerdicts(check, own).map((verdict) => ({
      checkId: check.id,
      proof: null,
      message: `no proof gives ${verdict}`,
    }));
    return [...wrong, ...missing];
  });
}

/** The verdicts that a ported check's proofs must show and do not: every one that its tree and conditions can give, but error. */
export function missingVerdicts(check: Check, proofs: readonly Proof[]): Verdict[] {
  if (check.require === null) return [];
  const shown = new Set(proofs.map(({ verdict }) => verdict));
  const wanted: Verdict[] = [];
  if (canBe("pass", check.require)) wanted.push("pass");
  if (canBe("fail", check.require)) wanted.push("fail");
  if ([...expectationsOf(check.require)].some(asksAPerson)) wanted.push("manual");
  if (canBeInapplicable(check)) wanted.push("not_applicable");
  return wanted.filter((verdict) => !shown.has(verdict));
}

/** Whether a tree can pass, or fail, for all that a person has to decide. */
function canBe(verdict: "pass" | "fail", tree: Expression): boolean {
  if ("expectation" in tree) return !asksAPerson(tree.expectation);
  const children = childrenOf(tree);
  if ("none" in tree) {
    const opposite = verdict === "pass" ? "fail" : "pass";
    return verdict === "pass"
      ? children.every((child) => canBe(opposite, child))
      : children.some((child) => canBe(opposite, child));
  }
  const needsAll = "all" in tree ? verdict === "pass" : verdict === "fail";
  return needsAll ? children.every((child) => canBe(verdict, child)) : children.some((child) => canBe(verdict, child));
}

/** Whether conditions alone can make it not apply: those of the check, or one on each of its expectations. */
function canBeInapplicable({ applies, require }: Check): boolean {
  if (applies.length > 0) return true;
  return require !== null && [...expectationsOf(require)].every(({ when }) => when !== undefined);
}

/** The mutants of a check that none of its proofs tells from the check itself: what the proofs do not pin down. */
export function survivingMutants(check: Check, proofs: readonly Proof[], conditions: Conditions): Mutant[] {
  return mutantsOf(check).filter((mutant) => !proofs.some((proof) => kills(proof, mutant, conditions)));
}

/** Whether the mutant gives another verdict than the proof expects. */
export function kills(proof: Proof, mutant: Mutant, conditions: Conditions): boolean {
  return judgeCheck(mutant.check, { facts: proof.facts, conditions }).verdict !== proof.verdict;
}
