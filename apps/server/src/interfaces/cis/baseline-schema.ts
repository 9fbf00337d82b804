import { OsType } from "@holdfast/contracts/platform";
import { type Static, Type } from "typebox";
import type { NewPolicy, Policy } from "../../features/policies/policy.ts";
import { parseTime } from "../../http/parse-time.ts";

const Uuid = Type.String({ format: "uuid" });
const Time = Type.String({ format: "date-time" });
export const BaselineLevel = Type.Enum(["l1", "l2", "custom"]);

export const ScanSchedule = Type.Object({
  enabled: Type.Boolean(),
  intervalHours: Type.Integer({ minimum: 1, maximum: 168 }),
  nextScanAt: Type.Union([Time, Type.Null()]),
});

/** A stored policy as interface B names it. */
export const Baseline = Type.Object({
  id: Uuid,
  orgId: Uuid,
  name: Type.String(),
  osType: OsType,
  benchmarkVersion: Type.String({
    description: '"latest", a version, or one benchmark: "cis-debian-12" or "cis-debian-12@1.1.0".',
  }),
  level: BaselineLevel,
  customExclusions: Type.Array(Type.String()),
  scanSchedule: ScanSchedule,
  isActive: Type.Boolean(),
  createdAt: Time,
  updatedAt: Time,
});
export type Baseline = Static<typeof Baseline>;

/** Unknown members are ignored, as clients of this interface send extra ones. */
export const BaselineBody = Type.Object({
  id: Type.Optional(Uuid),
  orgId: Type.Optional(Uuid),
  name: Type.String({ minLength: 1, maxLength: 200 }),
  osType: OsType,
  benchmarkVersion: Type.String({ minLength: 1, maxLength: 100 }),
  level: BaselineLevel,
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
  isActive: Type.Optional(Type.Boolean()),
});
export type BaselineBody = Static<typeof BaselineBody>;

const defaultIntervalHours = 24;
const newest = "latest";

/**
 * The policy a body describes.
 *
 * @param before the policy it updates; null for a new one. "custom" is Level 2, or the level of the policy it was made from.
 */
export function toPolicy(body: BaselineBody, before: Policy | null): NewPolicy {
  const { benchmark, benchmarkVersion } = readBenchmark(body.benchmarkVersion);
  const { scanSchedule: schedule } = body;
  return {
    name: body.name,
    osType: body.osType,
    benchmark,
    benchmarkVersion,
    level: body.level === "l1" ? 1 : body.level === "l2" ? 2 : (before?.level ?? 2),
    custom: body.level === "custom",
    exclusions: body.customExclusions ?? before?.exclusions ?? [],
    scoring: before?.scoring ?? "flat",
    scheduleEnabled: schedule?.enabled ?? before?.scheduleEnabled ?? false,
    intervalMinutes:
      schedule?.intervalHours === undefined
        ? (before?.intervalMinutes ?? defaultIntervalHours * 60)
        : schedule.intervalHours * 60,
    nextScanAt: schedule?.nextScanAt ? parseTime(schedule.nextScanAt, "nextScanAt") : null,
    enabled: body.isActive ?? before?.enabled ?? true,
  };
}

export function presentBaseline(policy: Policy): Baseline {
  return {
    id: policy.id,
    orgId: policy.orgId,
    name: policy.name,
    osType: policy.osType,
    benchmarkVersion: presentBenchmark(policy),
    level: policy.custom ? "custom" : policy.level === 1 ? "l1" : "l2",
    customExclusions: policy.exclusions,
    scanSchedule: {
      enabled: policy.scheduleEnabled,
      intervalHours: Math.ceil(policy.intervalMinutes / 60),
      nextScanAt: policy.scheduleEnabled ? (policy.nextScanAt?.toISOString() ?? null) : null,
    },
    isActive: policy.enabled,
    createdAt: policy.createdAt.toISOString(),
    updatedAt: policy.updatedAt.toISOString(),
  };
}

/** "1.1.0" is a version of each platform's benchmark, "cis-debian-12@1.1.0" one benchmark's; "latest" leaves both open. */
function readBenchmark(text: string): Pick<Policy, "benchmark" | "benchmarkVersion"> {
  const [name = "", version] = text.split("@", 2);
  if (version !== undefined) return { benchmark: name, benchmarkVersion: version };
  if (name === newest) return { benchmark: null, benchmarkVersion: null };
  if (/^v?\d/i.test(name)) return { benchmark: null, benchmarkVersion: name.replace(/^v/i, "") };
  return { benchmark: name, benchmarkVersion: null };
}

/** The inverse of `readBenchmark`. */
function presentBenchmark({ benchmark, benchmarkVersion }: Policy): string {
  if (benchmark === null) return benchmarkVersion ?? newest;
  return benchmarkVersion === null ? benchmark : `${benchmark}@${benchmarkVersion}`;
}
