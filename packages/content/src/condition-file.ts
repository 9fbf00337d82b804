import { type Static, Type } from "typebox";

/** One condition of a file `conditions/<os>.yaml`, which maps condition ids to these. */
export const ConditionSource = Type.Object(
  {
    otherwise: Type.String({ minLength: 1, description: "Why a check does not apply when the condition fails." }),
    /** As in a check. */
    require: Type.Unknown(),
  },
  { additionalProperties: false },
);
export type ConditionSource = Static<typeof ConditionSource>;
