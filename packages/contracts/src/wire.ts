import { type Static, Type } from "typebox";
import { OsType } from "./platform.ts";
import { Severity } from "./severity.ts";

/*
 * What the dashboard reads of the two documented interfaces and of our own routes: the members it uses, which the
 * routes' own response schemas all have. Times are ISO 8601 in UTC.
 */

const Uuid = Type.String({ format: "uuid" });
const IsoTime = Type.String({ format: "date-time" });
const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

/** Interface B's lists. */
export interface DataPage<T> {
  readonly data: readonly T[];
  readonly pagination: { readonly limit: number; readonly offset: number; readonly total: number };
}

/** Interface A's lists and ours. */
export interface ItemPage<T> {
  readonly items: readonly T[];
  readonly total: number;
}

/** The values a policy sets for parameters of the content, by parameter id. */
export const ParameterSettings = Type.Record(
  Type.String({ maxLength: 100 }),
  Type.Union([
    Type.String({ maxLength: 500 }),
    Type.Number(),
    Type.Array(Type.String({ maxLength: 500 }), { maxItems: 100 }),
  ]),
  { maxProperties: 100 },
);
export type ParameterSettings = Static<typeof ParameterSettings>;

/** A value that a site chooses in its policies, with what counts where a policy sets nothing. */
export const ListedParameter = Type.Object({
  id: Type.String(),
  osType: OsType,
  title: Type.String(),
  description: Type.String(),
  type: Type.Enum(["list", "string", "number", "enum"]),
  default: Type.Union([Type.String(), Type.Number(), Type.Array(Type.String())]),
  /** What each text must match, with the u flag. */
  pattern: Type.Optional(Type.String()),
  min: Type.Optional(Type.Number()),
  max: Type.Optional(Type.Number()),
  choices: Type.Optional(Type.Array(Type.String())),
});
export type ListedParameter = Static<typeof ListedParameter>;

/** A policy as interface B shows it. */
export const Baseline = Type.Object({
  id: Uuid,
  name: Type.String(),
  osType: OsType,
  benchmarkVersion: Type.String(),
  level: Type.Enum(["l1", "l2", "custom"]),
  customExclusions: Type.Array(Type.String()),
  scanSchedule: Type.Object({
    enabled: Type.Boolean(),
    intervalHours: Type.Integer(),
    nextScanAt: OrNull(IsoTime),
  }),
  parameters: ParameterSettings,
  isActive: Type.Boolean(),
});
export type Baseline = Static<typeof Baseline>;

/** A check as interface A lists it. */
export const ListedCheck = Type.Object({
  id: Uuid,
  cis_id: Type.String(),
  cis_title: Type.String(),
  severity: Severity,
  category: Type.String(),
  target_os: Type.String(),
  enabled: Type.Boolean(),
});
export type ListedCheck = Static<typeof ListedCheck>;

/** An exception as interface A shows it. */
export const ListedException = Type.Object({
  id: Uuid,
  check_id: Uuid,
  agent_uuid: OrNull(Uuid),
  reason: Type.String(),
  is_active: Type.Boolean(),
  expires_at: OrNull(IsoTime),
  created_at: IsoTime,
});
export type ListedException = Static<typeof ListedException>;

export const remediationStatuses = [
  "pending_approval",
  "queued",
  "in_progress",
  "completed",
  "failed",
  "cancelled",
] as const;

/** A remediation action as interface B shows it. */
export const ListedRemediation = Type.Object({
  id: Uuid,
  deviceId: Uuid,
  deviceHostname: Type.String(),
  baselineId: OrNull(Uuid),
  baselineName: OrNull(Type.String()),
  checkId: Type.String(),
  action: Type.Enum(["apply", "rollback"]),
  status: Type.Enum(remediationStatuses),
  approvalStatus: Type.Enum(["pending", "approved", "rejected"]),
  requestedBy: OrNull(Type.String()),
  reason: OrNull(Type.String()),
  approvedBy: OrNull(Type.String()),
  approvalNote: OrNull(Type.String()),
  createdAt: IsoTime,
  executedAt: OrNull(IsoTime),
  details: Type.Object({
    /** Why it failed or came back; null when there is nothing to say. */
    message: OrNull(Type.String()),
    waitingFor: OrNull(Type.Enum(["approval", "queue", "device"])),
  }),
  /** The changes as a readable diff. */
  plan: Type.String(),
  risk: Type.String(),
});
export type ListedRemediation = Static<typeof ListedRemediation>;
