import type { OsType } from "@holdfast/contracts/platform";
import type { Severity } from "@holdfast/contracts/severity";
import type { Expression } from "./expression.ts";
import type { Parameter } from "./parameter.ts";

/** A named precondition, itself an expectation about the device, e.g. `ipv6-enabled`. */
export interface Condition {
  readonly id: string;
  /** Why a check does not apply when it does not hold, e.g. "IPv6 is off". */
  readonly otherwise: string;
  readonly require: Expression;
}

/** A recommendation's machine form, written once and numbered per benchmark. */
export interface Check {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly category: string;
  readonly rationale: string;
  /** What may stop working when it is enforced; empty when nothing is known to. */
  readonly impact: string;
  /** What to do by hand. */
  readonly remediation: string;
  /** Condition ids that must all hold, else the check is not applicable. */
  readonly applies: readonly string[];
  /** Null when the check is not ported; then `notPorted` says why. */
  readonly require: Expression | null;
  readonly notPorted: string | null;
  /** The controls it serves; left out when no catalogue lists it. */
  readonly mappings?: CheckMappings;
}

/** Control ids by catalogue, e.g. `{ "nist-800-53r5": ["AC-6", "AC-6(9)"] }`. */
export type CheckMappings = Readonly<Record<string, readonly string[]>>;

/** A public catalogue of controls that checks are mapped to. */
export interface Catalogue {
  /** e.g. "nist-800-53r5". */
  readonly id: string;
  readonly title: string;
  /** The controls that checks serve, with short names. */
  readonly controls: Readonly<Record<string, string>>;
}

export const profiles = ["server", "workstation"] as const;
export type Profile = (typeof profiles)[number];
export type Level = 1 | 2;

/** One numbered item of a benchmark. The level is the lowest in which it applies; null: not in that profile. */
export interface Recommendation {
  readonly number: string;
  readonly check: string;
  readonly server: Level | null;
  readonly workstation: Level | null;
  readonly assessment: "automated" | "manual";
}

/** A published document and version, e.g. CIS Debian Linux 12 v1.1.0. */
export interface Benchmark {
  /** e.g. "cis-debian-12". */
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly osType: OsType;
  /** os-release `ID` and `VERSION_ID` prefixes it is written for. */
  readonly platforms: readonly { readonly id: string; readonly version: string }[];
  /** Our own short names of its sections, by number prefix, e.g. "3.3" → "Network parameters". */
  readonly sections: Readonly<Record<string, string>>;
  /** In the order of the document; the order of verdict vectors. */
  readonly recommendations: readonly Recommendation[];
}

/** A validated, compiled content pack: plain data, frozen. */
export interface Pack {
  /** SHA-256 (hex) of the pack's canonical JSON. */
  readonly digest: string;
  readonly conditions: ReadonlyMap<string, Condition>;
  readonly checks: ReadonlyMap<string, Check>;
  readonly benchmarks: readonly Benchmark[];
  /** What a policy may set; left out when there is none. */
  readonly parameters?: readonly Parameter[];
  /** Left out when there is none. */
  readonly catalogues?: readonly Catalogue[];
}
