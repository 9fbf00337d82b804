import type { ParameterSettings } from "@holdfast/contracts/wire";
import type { Selectable } from "kysely";
import type { PolicyTable } from "../../db/schema.ts";

/** A benchmark's profile with an organisation's values, schedule and threshold. */
export type Policy = Selectable<PolicyTable>;

/** What a new policy is made of; the rest has defaults. */
export interface NewPolicy {
  readonly name: string;
  readonly description?: string;
  readonly osType: Policy["osType"];
  /** A benchmark's id; null: the one for each device's platform. */
  readonly benchmark?: string | null;
  /** null: the newest. */
  readonly benchmarkVersion?: string | null;
  readonly level: 1 | 2;
  readonly custom?: boolean;
  readonly profile?: Policy["profile"];
  readonly exclusions?: readonly string[];
  readonly scoring: Policy["scoring"];
  /** All that are to be set. */
  readonly parameters?: ParameterSettings;
  readonly threshold?: number;
  readonly scheduleEnabled: boolean;
  readonly intervalMinutes: number;
  /** null: worked out from the interval. */
  readonly nextScanAt?: Date | null;
  readonly enabled?: boolean;
}

/** The next scheduled scan of a schedule that begins or changes now; null without a schedule. */
export function firstScanAt(
  { scheduleEnabled, intervalMinutes }: Pick<Policy, "scheduleEnabled" | "intervalMinutes">,
  now: Date,
): Date | null {
  return scheduleEnabled ? new Date(now.getTime() + intervalMinutes * 60_000) : null;
}
