import { type TProperties, Type } from "typebox";
import { Comparison } from "../comparison.ts";
import { builtInDefault } from "./single-value.ts";

/** A comparison which, if `explicit`, a built-in default does not meet: for settings that are to be written down. */
export type ExplicitComparison = Comparison & { readonly explicit?: boolean };

export const ExplicitComparison = Type.Union(
  Comparison.anyOf.map((member) =>
    Type.Object(
      { ...(member.properties as TProperties), explicit: Type.Optional(Type.Boolean()) },
      { additionalProperties: false },
    ),
  ),
);

/** Whether a value that may be right is only what the program does by itself, where it was to be written down. */
export function isMerelyDefault(source: string | null, { explicit }: ExplicitComparison): boolean {
  return explicit === true && source === builtInDefault;
}
