import { type Static, Type } from "typebox";
import type { NewPolicy, Policy } from "../../features/policies/policy.ts";
import {
  CisLevel,
  closed,
  osTypeOf,
  ScheduleType,
  TargetOs,
  TargetOsInput,
  Time,
  targetOsOf,
  Uuid,
} from "./vocabulary.ts";

export const CompliancePolicy = Type.Object({
  id: Uuid,
  name: Type.String(),
  description: Type.String(),
  enabled: Type.Boolean(),
  cis_level: CisLevel,
  target_os: TargetOs,
  schedule_type: ScheduleType,
  check_interval_minutes: Type.Integer(),
  passing_score_threshold: Type.Number(),
  created_at: Time,
});
export type CompliancePolicy = Static<typeof CompliancePolicy>;

const settable = {
  name: Type.String({ minLength: 1, maxLength: 200, pattern: "\\S" }),
  description: Type.String({ maxLength: 2000 }),
  cis_level: CisLevel,
  target_os: TargetOsInput,
  schedule_type: ScheduleType,
  check_interval_minutes: Type.Integer({ minimum: 5, maximum: 10_080 }),
  passing_score_threshold: Type.Number({ minimum: 0, maximum: 100 }),
  enabled: Type.Boolean(),
};

export const NewCompliancePolicy = Type.Object(
  {
    ...settable,
    description: Type.String({ maxLength: 2000, default: "" }),
    cis_level: Type.Enum(["level_1", "level_2"], { default: "level_1" }),
    schedule_type: Type.Enum(["continuous", "manual"], { default: "manual" }),
    check_interval_minutes: Type.Integer({ minimum: 5, maximum: 10_080, default: 1440 }),
    passing_score_threshold: Type.Number({ minimum: 0, maximum: 100, default: 80 }),
    enabled: Type.Boolean({ default: true }),
  },
  closed,
);

/** What is left out stays as it is. */
export const CompliancePolicyChange = Type.Partial(Type.Object(settable), closed);

/** Policies made here judge by severity. */
export function toNewPolicy(body: Static<typeof NewCompliancePolicy>): NewPolicy {
  return {
    name: body.name,
    description: body.description,
    osType: osTypeOf(body.target_os),
    level: body.cis_level === "level_1" ? 1 : 2,
    scoring: "weighted",
    threshold: body.passing_score_threshold,
    scheduleEnabled: body.schedule_type === "continuous",
    intervalMinutes: body.check_interval_minutes,
    enabled: body.enabled,
  };
}

/** Only what was sent. */
export function toPolicyChange(body: Static<typeof CompliancePolicyChange>): Partial<NewPolicy> {
  return {
    ...(body.name === undefined ? {} : { name: body.name }),
    ...(body.description === undefined ? {} : { description: body.description }),
    ...(body.cis_level === undefined ? {} : { level: body.cis_level === "level_1" ? 1 : 2 }),
    ...(body.target_os === undefined ? {} : { osType: osTypeOf(body.target_os) }),
    ...(body.schedule_type === undefined ? {} : { scheduleEnabled: body.schedule_type === "continuous" }),
    ...(body.check_interval_minutes === undefined ? {} : { intervalMinutes: body.check_interval_minutes }),
    ...(body.passing_score_threshold === undefined ? {} : { threshold: body.passing_score_threshold }),
    ...(body.enabled === undefined ? {} : { enabled: body.enabled }),
  };
}

export function presentPolicy(policy: Policy): CompliancePolicy {
  return {
    id: policy.id,
    name: policy.name,
    description: policy.description,
    enabled: policy.enabled,
    cis_level: policy.level === 1 ? "level_1" : "level_2",
    target_os: targetOsOf(policy.osType),
    schedule_type: policy.scheduleEnabled ? "continuous" : "manual",
    check_interval_minutes: policy.intervalMinutes,
    passing_score_threshold: policy.threshold,
    created_at: policy.createdAt.toISOString(),
  };
}
