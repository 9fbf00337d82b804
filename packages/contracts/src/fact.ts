import { type Static, Type } from "typebox";
import type { Json } from "./json.ts";

/** Why a fact could not be read. */
export const readFailures = [
  "needs_root",
  "timeout",
  "no_tool",
  "unreadable",
  "too_large",
  "unsupported",
  "invalid",
] as const;
export type ReadFailure = (typeof readFailures)[number];

export const ReadError = Type.Object({
  code: Type.Enum(readFailures),
  /** One sentence a person can act on, e.g. "needs root: cannot read /etc/shadow". */
  message: Type.String({ maxLength: 500 }),
});
export type ReadError = Static<typeof ReadError>;

/** What reading one target gave: its state, or why it could not be read. */
export const Observation = Type.Union([
  Type.Object({ state: Type.Unsafe<Json>(Type.Unknown()) }, { additionalProperties: false }),
  Type.Object({ error: ReadError }, { additionalProperties: false }),
]);
export type Observation = { readonly state: Json } | { readonly error: ReadError };

/** The address of a fact, e.g. `sysctl:net.ipv4.ip_forward`: the resource kind, a colon, the target. */
export type FactAddress = string;

/** Everything observed on one device, by address. */
export type Facts = ReadonlyMap<FactAddress, Observation>;
