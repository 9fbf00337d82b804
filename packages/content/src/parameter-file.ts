import { type Static, Type } from "typebox";

const Text = Type.String({ minLength: 1 });
const common = {
  title: Text,
  description: Type.String({
    minLength: 1,
    description: "What to choose and what it decides, for the person who sets it.",
  }),
};
const Pattern = Type.Optional(
  Type.String({ minLength: 1, description: "What each text must match, with the u flag." }),
);

/** One parameter of a file `parameters/<os>.yaml`, which maps parameter ids to these. */
export const ParameterSource = Type.Union([
  Type.Object(
    { ...common, type: Type.Literal("list"), default: Type.Array(Type.String()), pattern: Pattern },
    { additionalProperties: false },
  ),
  Type.Object(
    { ...common, type: Type.Literal("string"), default: Type.String(), pattern: Pattern },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      ...common,
      type: Type.Literal("number"),
      default: Type.Number(),
      min: Type.Optional(Type.Number({ description: "The benchmark's bound, where less would be laxer." })),
      max: Type.Optional(Type.Number({ description: "The benchmark's bound, where more would be laxer." })),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    { ...common, type: Type.Literal("enum"), default: Text, choices: Type.Array(Text, { minItems: 2 }) },
    { additionalProperties: false },
  ),
]);
export type ParameterSource = Static<typeof ParameterSource>;

/** `{ parameter: ntp-servers }` in the place of a desired value. */
export const ParameterReference = Type.Object(
  { parameter: Type.String({ description: "The id of a parameter." }) },
  { additionalProperties: false },
);
