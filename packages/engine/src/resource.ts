import type { FactAddress } from "@holdfast/contracts/fact";
import type { Activation, Change } from "@holdfast/contracts/plan";
import type { Verdict } from "@holdfast/contracts/verdict";
import type { TSchema } from "typebox";
import type { Host } from "./host.ts";

/** What judging one expectation says. */
export interface Judgement {
  readonly verdict: Verdict;
  /** What was wanted, e.g. `"0" now and at next boot`. */
  readonly expected: string;
  /** What was found, e.g. `running "1"; at next boot not set`. */
  readonly actual: string;
  /** File and line, command or "built-in default"; null when there is nothing to point at. */
  readonly source: string | null;
}

/** What a kind contributes to a plan: the changes and what must be activated after them. */
export interface PlanPart {
  readonly changes: readonly Change[];
  readonly activations: readonly Activation[];
  /** What may go wrong, for the approver; empty when nothing is known. */
  readonly risk: string;
}

/**
 * A kind of setting we understand. It answers what is there, whether that is right, and what would make it right; it
 * does not log, retry, apply or undo. `read` alone touches the machine; `judge` and `plan` are pure.
 */
export interface Resource<Target, State, Desired> {
  readonly kind: string;
  /** TypeBox schemas of the members a YAML expectation has; together they are closed. */
  readonly target: TSchema;
  readonly desired: TSchema;
  /** For kinds whose read may take longer than other facts are given. */
  readonly readTimeoutMs?: number;
  address(target: Target): FactAddress;
  /** @throws UnreadableError; anything else thrown is a defect and becomes an `error` too. */
  read(host: Host, target: Target): Promise<State>;
  judge(state: State, desired: Desired, target: Target): Judgement;
  /** Absent for kinds without a safe fix. Null when this target or state has none. Empty changes when it already complies. */
  plan?(state: State, desired: Desired, target: Target): PlanPart | null;
}

/** A resource whose types are known only to its schemas; what the registry holds. */
export interface AnyResource extends Omit<Resource<never, never, never>, "read"> {
  /** The state is plain JSON: it is stored and sent as it is. */
  read(host: Host, target: never): Promise<unknown>;
}
