import { type Static, Type } from "typebox";
import { Comparison, describe, ListComparison, meets } from "../comparison.ts";
import type { Host } from "../host.ts";
import type { Resource } from "../resource.ts";

/*
 * crypto_policy: { key: policy, none_of: [LEGACY] }       the chosen policy without its subpolicies
 * crypto_policy: { key: subpolicies, contains: [NO-SHA1] }
 * crypto_policy: { key: hash, contains_none: [SHA1] }     a line of the policy that was made of them
 *
 * Fails also when the programs' settings were made of another policy than the one that is chosen now.
 *
 * State: { value, source, chosen: "DEFAULT:NO-SHA1" | null, applied: "DEFAULT" | null }
 */
const Target = Type.Object(
  { key: Type.String({ pattern: "^[a-z0-9_]+(@[A-Za-z0-9_-]+)?$" }) },
  { additionalProperties: false },
);
type Target = Static<typeof Target>;
const Desired = Type.Union([Comparison, ListComparison]);
type Desired = Static<typeof Desired>;

interface CryptoPolicyState {
  /** Lists separated by spaces; null when it is not set. */
  readonly value: string | null;
  readonly source: string | null;
  /** In /etc/crypto-policies/config; null when there is no such file. */
  readonly chosen: string | null;
  /** What update-crypto-policies was last run for; null when that is not known. */
  readonly applied: string | null;
}

const config = "/etc/crypto-policies/config";
const made = "/etc/crypto-policies/state/CURRENT.pol";

/** The cryptographic policy of the whole system. @see crypto-policies(7), update-crypto-policies(8) */
export const cryptoPolicy: Resource<Target, CryptoPolicyState, Desired> = {
  kind: "crypto_policy",
  target: Target,
  desired: Desired,
  address: ({ key }) => `crypto_policy:${key}`,
  async read(host, { key }) {
    const chosen = await firstLine(host, config);
    const applied = await firstLine(host, "/etc/crypto-policies/state/current");
    const [policy, ...subpolicies] = (chosen ?? "").split(":");
    if (key === "policy") return { value: policy || null, source: chosen === null ? null : config, chosen, applied };
    if (key === "subpolicies")
      return {
        value: chosen === null ? null : subpolicies.join(" "),
        source: chosen === null ? null : config,
        chosen,
        applied,
      };
    for (const [index, line] of ((await host.readText(made)) ?? "").split("\n").entries()) {
      const [, name, value = ""] = /^\s*([^#\s=]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      if (name === key) return { value, source: `${made}:${index + 1}`, chosen, applied };
    }
    return { value: null, source: null, chosen, applied };
  },
  judge({ value, source, chosen, applied }, desired, { key }) {
    const expected = `${key} of the cryptographic policy ${describe(desired)}`;
    const actual = value === null ? `${key} is not set` : `${key} is ${value === "" ? "empty" : value}`;
    if (chosen !== null && applied !== null && chosen.toUpperCase() !== applied.toUpperCase()) {
      const stale = `${actual}; ${chosen} is chosen, but ${applied} applies: run update-crypto-policies`;
      return { verdict: "fail", expected, actual: stale, source };
    }
    return { verdict: meets(value, desired) ? "pass" : "fail", expected, actual, source };
  },
};

/** The first line that is no comment. */
async function firstLine(host: Host, path: string): Promise<string | null> {
  const lines = ((await host.readText(path)) ?? "").split("\n").map((line) => line.replace(/#.*/, "").trim());
  return lines.find((line) => line !== "") ?? null;
}
