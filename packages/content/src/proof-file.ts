import { verdicts } from "@holdfast/contracts/verdict";
import { type Static, Type } from "typebox";

/** Facts by address: a state as the resource kind reads it, or `{ $error: "why it could not be read" }`. */
export const FactsSource = Type.Record(Type.String(), Type.Unknown());

/** One proof of a file `checks/<os>/<topic>.proofs.yaml`, which maps check ids to lists of these, and `_given` to shared facts. */
export const ProofSource = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    verdict: Type.Enum(verdicts),
    given: Type.Optional(Type.Array(Type.String(), { description: "Names of fact sets under _given." })),
    facts: Type.Optional(FactsSource),
  },
  { additionalProperties: false },
);
export type ProofSource = Static<typeof ProofSource>;
