import { osTypes } from "@holdfast/contracts/platform";
import { type Static, Type } from "typebox";
import { Id } from "./check-file.ts";

const Level = Type.Union([Type.Literal(1), Type.Literal(2), Type.Null()], {
  description: "The lowest level it belongs to in this profile; leave it out when the profile does not have it.",
});
/** As of a check, and dots, for the platform's version: "cis-ubuntu-24.04". */
const BenchmarkId = Type.String({ pattern: "^[a-z0-9]+([.-][a-z0-9]+)*$" });
const DottedNumber = Type.String({ pattern: "^[0-9]+(\\.[0-9]+)*$" });

export const RecommendationSource = Type.Object(
  {
    number: DottedNumber,
    check: Id,
    server: Type.Optional(Level),
    workstation: Type.Optional(Level),
    assessment: Type.Enum(["automated", "manual"] as const),
  },
  { additionalProperties: false },
);

/** A file `benchmarks/<id>/<version>.yaml`. */
export const BenchmarkFile = Type.Object(
  {
    id: BenchmarkId,
    version: DottedNumber,
    title: Type.String({ minLength: 1 }),
    osType: Type.Enum(osTypes),
    platforms: Type.Array(
      Type.Object(
        { id: Type.String({ minLength: 1 }), version: Type.String({ minLength: 1 }) },
        { additionalProperties: false },
      ),
      { minItems: 1 },
    ),
    sections: Type.Record(Type.String(), Type.String({ minLength: 1 })),
    recommendations: Type.Array(RecommendationSource, { minItems: 1 }),
  },
  { additionalProperties: false },
);
export type BenchmarkFile = Static<typeof BenchmarkFile>;
