import { OsType, osTypes } from "@holdfast/contracts/platform";
import { ParameterSettings } from "@holdfast/contracts/wire";
import { type Static, Type } from "typebox";
import { Invalid } from "../../errors.ts";
import type { NewPolicy, Policy } from "../../features/policies/policy.ts";
import { benchmarkWord, levelWord, newestWord } from "../../features/policies/policy-words.ts";
import { parseTime } from "../../http/parse-time.ts";
import { Time, Uuid } from "./paging.ts";

const levels = ["l1", "l2", "custom"] as const;
export const BaselineLevel = Type.Enum(levels);
const versionText = '"latest", a version, or one benchmark: "cis-debian-12" or "cis-debian-12@1.1.0".';

export const ScanSchedule = Type.Object({
  enabled: Type.Boolean(),
  intervalHours: Type.Integer({ minimum: 1, maximum: 168 }),
  nextScanAt: Type.Union([Time, Type.Null()], { description: "When it is scanned next; null while it is not." }),
});

/** What a result says of its baseline. */
export const BaselineName = Type.Object({
  id: Uuid,
  name: Type.String(),
  osType: OsType,
  benchmarkVersion: Type.String({ description: versionText }),
  level: BaselineLevel,
  isActive: Type.Boolean(),
});
export type BaselineName = Static<typeof BaselineName>;

/** A stored policy as interface B names it. */
export const Baseline = Type.Object({
  ...BaselineName.properties,
  orgId: Uuid,
  customExclusions: Type.Array(Type.String()),
  scanSchedule: ScanSchedule,
  parameters: ParameterSettings,
  createdAt: Time,
  updatedAt: Time,
});
export type Baseline = Static<typeof Baseline>;

const needed = "Required without id.";

/**
 * A new baseline, or with `id` a change of one: what is left out then stays. Unknown members are ignored, as clients of
 * this interface send extra ones.
 */
export const BaselineBody = Type.Object({
  id: Type.Optional(Uuid),
  orgId: Type.Optional(Uuid),
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 200, pattern: "\\S", description: needed })),
  osType: Type.Optional(Type.Enum(osTypes, { description: needed })),
  benchmarkVersion: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, pattern: "\\S", description: `${needed} ${versionText}` }),
  ),
  level: Type.Optional(Type.Enum(levels, { description: needed })),
  customExclusions: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 200 })),
  scanSchedule: Type.Optional(
    Type.Union([
      Type.Object({
        enabled: Type.Optional(Type.Boolean()),
        intervalHours: Type.Optional(Type.Integer({ minimum: 1, maximum: 168 })),
        nextScanAt: Type.Optional(Type.Union([Time, Type.Null()])),
      }),
      Type.Null(),
    ]),
  ),
  parameters: Type.Optional(ParameterSettings),
  isActive: Type.Optional(Type.Boolean()),
});
export type BaselineBody = Static<typeof BaselineBody>;

const defaultIntervalHours = 24;

/**
 * The policy a body describes. "custom" is Level 2 less what is excluded.
 *
 * @throws Invalid naming what a new baseline lacks.
 */
export function toNewPolicy(body: BaselineBody): NewPolicy {
  const { name, osType, benchmarkVersion, level } = body;
  if (name === undefined || osType === undefined || benchmarkVersion === undefined || level === undefined) {
    const required = { name, osType, benchmarkVersion, level };
    const missing = Object.entries(required).flatMap(([field, value]) => (value === undefined ? [field] : []));
    throw new Invalid(`The body lacks ${missing.join(", ")}.`);
  }
  const schedule = body.scanSchedule ?? {};
  return {
    name,
    osType,
    ...readBenchmark(benchmarkVersion),
    level: level === "l1" ? 1 : 2,
    custom: level === "custom",
    exclusions: body.customExclusions ?? [],
    scoring: "flat",
    ...(body.parameters === undefined ? {} : { parameters: body.parameters }),
    scheduleEnabled: schedule.enabled ?? false,
    intervalMinutes: (schedule.intervalHours ?? defaultIntervalHours) * 60,
    nextScanAt: readNextScan(schedule.nextScanAt),
    enabled: body.isActive ?? true,
  };
}

/** What a body changes of a policy. "custom" keeps the level the policy was made from. */
export function toPolicyChange(body: BaselineBody, before: Policy): Partial<NewPolicy> {
  const { name, osType, benchmarkVersion, level, customExclusions, scanSchedule, parameters, isActive } = body;
  const { enabled, intervalHours, nextScanAt } = scanSchedule ?? {};
  // Minutes that are not whole hours are shown rounded up: what is shown, sent back, changes nothing.
  const newInterval = intervalHours !== undefined && intervalHours !== wholeHours(before);
  return {
    ...(name === undefined ? {} : { name }),
    ...(osType === undefined ? {} : { osType }),
    ...(benchmarkVersion === undefined ? {} : readBenchmark(benchmarkVersion)),
    ...(level === undefined ? {} : { custom: level === "custom" }),
    ...(level === undefined || level === "custom" ? {} : { level: level === "l1" ? (1 as const) : (2 as const) }),
    ...(customExclusions === undefined ? {} : { exclusions: customExclusions }),
    ...(enabled === undefined ? {} : { scheduleEnabled: enabled }),
    ...(newInterval ? { intervalMinutes: intervalHours * 60 } : {}),
    ...(nextScanAt === undefined || nextScanAt === null ? {} : { nextScanAt: readNextScan(nextScanAt) }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(isActive === undefined ? {} : { enabled: isActive }),
  };
}

/** Null: to be worked out from the interval. */
function readNextScan(text: string | null | undefined): Date | null {
  return text === undefined || text === null ? null : parseTime(text, "scanSchedule.nextScanAt");
}

function wholeHours({ intervalMinutes }: Pick<Policy, "intervalMinutes">): number {
  return Math.ceil(intervalMinutes / 60);
}

export function presentBaselineName(
  id: string,
  policy: Pick<Policy, "name" | "osType" | "benchmark" | "benchmarkVersion" | "level" | "custom" | "enabled">,
): BaselineName {
  return {
    id,
    name: policy.name,
    osType: policy.osType,
    benchmarkVersion: benchmarkWord(policy),
    level: levelWord(policy),
    isActive: policy.enabled,
  };
}

export function presentBaseline(policy: Policy): Baseline {
  return {
    ...presentBaselineName(policy.id, policy),
    orgId: policy.orgId,
    customExclusions: policy.exclusions,
    scanSchedule: {
      enabled: policy.scheduleEnabled,
      intervalHours: wholeHours(policy),
      nextScanAt: policy.scheduleEnabled && policy.enabled ? (policy.nextScanAt?.toISOString() ?? null) : null,
    },
    parameters: policy.parameters,
    createdAt: policy.createdAt.toISOString(),
    updatedAt: policy.updatedAt.toISOString(),
  };
}

/** "1.1.0" is a version of each platform's benchmark, "cis-debian-12@1.1.0" one benchmark's; "latest" leaves both open. */
function readBenchmark(text: string): Pick<Policy, "benchmark" | "benchmarkVersion"> {
  const [name = "", version] = text.trim().split("@", 2);
  if (version !== undefined) return { benchmark: name, benchmarkVersion: version };
  if (name === newestWord) return { benchmark: null, benchmarkVersion: null };
  if (/^v?\d/i.test(name)) return { benchmark: null, benchmarkVersion: name.replace(/^v/i, "") };
  return { benchmark: name, benchmarkVersion: null };
}
