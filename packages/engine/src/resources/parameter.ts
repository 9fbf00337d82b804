import { type Static, Type } from "typebox";
import { Comparison, describe, meets } from "../comparison.ts";
import { UnreadableError } from "../host.ts";
import type { Resource } from "../resource.ts";

/*
 * parameter: { name: firewall, equals: ufw }
 *
 * What a policy sets for a parameter of the pack, for conditions that depend on a site's choice.
 *
 * State: { value: text | number | [text…] }
 */
const Target = Type.Object(
  {
    name: Type.String({ pattern: "^[a-z0-9-]+$" }),
    /** Put there when the pack is compiled: what counts without a choice. */
    default: Type.Optional(Type.Union([Type.String(), Type.Number(), Type.Array(Type.String())])),
  },
  { additionalProperties: false },
);

interface ParameterState {
  readonly value: string | number | readonly string[];
}

/** A site's choice. It is not read from a machine: judging takes it from the policy. */
export const parameter: Resource<Static<typeof Target>, ParameterState, Comparison> = {
  kind: "parameter",
  target: Target,
  desired: Comparison,
  address: ({ name }) => `parameter:${name}`,
  async read(_, { name }) {
    throw new UnreadableError("unsupported", `${name} is set by the policy, not by the machine`);
  },
  judge({ value }, desired, { name }) {
    const text = Array.isArray(value) ? value.join(",") : String(value);
    return {
      verdict: meets(text, desired) ? "pass" : "fail",
      expected: `the policy's ${name} ${describe(desired)}`,
      actual: `${name} is ${text}`,
      source: "the policy",
    };
  },
};
