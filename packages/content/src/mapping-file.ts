import { type Static, Type } from "typebox";
import { Id } from "./check-file.ts";

const ControlId = Type.String({ minLength: 1, description: "As the catalogue writes it, e.g. AC-6(9)." });

/** A file `mappings/<id>.yaml`: which controls of a public catalogue each check serves. */
export const MappingFile = Type.Object(
  {
    id: Id,
    title: Type.String({ minLength: 1, description: "The catalogue and its version." }),
    source: Type.String({
      minLength: 1,
      description: "Where the controls are from, and who judged which check serves them.",
    }),
    controls: Type.Record(Type.String(), Type.String({ minLength: 1 }), {
      description: "The catalogue's controls that are used below, with a short name.",
    }),
    entries: Type.Array(
      Type.Object(
        { controls: Type.Array(ControlId, { minItems: 1 }), checks: Type.Array(Id, { minItems: 1 }) },
        { additionalProperties: false },
      ),
      { minItems: 1 },
    ),
  },
  { additionalProperties: false },
);
export type MappingFile = Static<typeof MappingFile>;
