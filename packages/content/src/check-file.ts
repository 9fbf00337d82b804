import { Severity } from "@holdfast/contracts/severity";
import { type Static, Type } from "typebox";

/** What a check is about; how lists and dashboards group checks. */
export const categories = [
  "filesystem",
  "packages",
  "services",
  "network",
  "firewall",
  "access",
  "logging",
  "audit",
  "accounts",
  "integrity",
  "boot",
  "kernel",
  "desktop",
] as const;

/** Ids of checks, conditions and benchmarks: lower-case words joined by hyphens. */
export const idPattern = "^[a-z0-9]+(-[a-z0-9]+)*$";
export const Id = Type.String({ pattern: idPattern });

/** One check of a file `checks/<os>/<topic>.yaml`, which maps check ids to these. Exactly one of `require` and `not_ported`. */
export const CheckSource = Type.Object(
  {
    title: Type.String({ minLength: 1 }),
    severity: Severity,
    category: Type.Enum(categories),
    rationale: Type.String({ minLength: 1, description: "Why it matters, in own words." }),
    impact: Type.String({ description: "What may stop working when it is enforced; empty when nothing is known to." }),
    remediation: Type.String({ minLength: 1, description: "What to do by hand." }),
    applies: Type.Optional(
      Type.Array(Id, { minItems: 1, description: "Conditions that must all hold, else the check is not applicable." }),
    ),
    /** An all / any / none tree, or one expectation; see compile-expression.ts. */
    require: Type.Optional(Type.Unknown()),
    not_ported: Type.Optional(Type.String({ minLength: 1, description: "Why there is no check yet." })),
  },
  { additionalProperties: false },
);
export type CheckSource = Static<typeof CheckSource>;

const { require, not_ported, applies: _applies, ...prose } = CheckSource.properties;

/**
 * A check that differs from another, of any file, in some members and has all others from it: the same recommendation on
 * another platform. The other one must not itself extend a check.
 */
export const VariantSource = Type.Object(
  {
    extends: Type.String({
      pattern: idPattern,
      description: "The check that everything not written here is taken from.",
    }),
    ...Type.Partial(Type.Object(prose)).properties,
    applies: Type.Optional(
      Type.Array(Id, { description: "Instead of the other check's conditions; an empty list removes them." }),
    ),
    require,
    not_ported,
  },
  { additionalProperties: false },
);
export type VariantSource = Static<typeof VariantSource>;
