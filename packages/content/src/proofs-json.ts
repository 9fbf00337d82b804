import { isRecord } from "./compile-context.ts";
import type { Proof, Proofs } from "./proofs.ts";

/** Proofs as plain JSON: what a build embeds. */
export type ProofsJson = readonly (readonly [string, readonly ProofJson[]])[];
type ProofJson = Omit<Proof, "facts"> & { readonly facts: readonly (readonly [string, unknown])[] };

export function proofsToJson(proofs: Proofs): ProofsJson {
  return [...proofs].map(([id, list]) => [id, list.map((proof) => ({ ...proof, facts: [...proof.facts] }))]);
}

/** The proofs that `proofsToJson` made; they were compiled when they were embedded. @throws Error when it is something else. */
export function proofsFromJson(json: unknown): Proofs {
  if (!isProofsJson(json)) throw new Error("These are not the proofs of a content pack.");
  return new Map(
    json.map(([id, list]) => [id, list.map((proof) => ({ ...proof, facts: new Map(proof.facts) }) as Proof)]),
  );
}

function isProofsJson(json: unknown): json is ProofsJson {
  return (
    Array.isArray(json) &&
    json.every(
      (entry: unknown) =>
        Array.isArray(entry) &&
        typeof entry[0] === "string" &&
        Array.isArray(entry[1]) &&
        entry[1].every((proof: unknown) => isRecord(proof) && Array.isArray(proof["facts"])),
    )
  );
}
