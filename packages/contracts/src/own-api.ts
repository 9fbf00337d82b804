import { type Static, Type } from "typebox";
import { Finding, StatusCounts } from "./finding.ts";
import { OsType, Platform } from "./platform.ts";
import { riskLevels } from "./scoring.ts";
import { Severity } from "./severity.ts";

/*
 * Our own routes, under /api/v1. Errors are `ApiError`; lists take `skip` and `limit` (1–500, default 50) and answer
 * `{items, total}`. Times are ISO 8601 in UTC. Authorization: Bearer with an API token or an access token.
 *
 *   POST /auth/sign-in   SignIn → SessionTokens (also sets the refresh cookie)     POST /auth/refresh   {} or {refreshToken} → SessionTokens
 *   POST /auth/sign-out  {} → 204                                                  GET  /auth/me        → Me
 *   GET  /overview?policyId                → Overview
 *   GET  /devices?skip&limit&os&status&search → {items: Device[], total}           GET  /devices/:id    → Device
 *   GET  /devices/:id/findings?policyId    → DeviceFindings (404 when never scanned)
 *   GET  /parameters?os                     → {items: ListedParameter[], total}, see wire.ts
 *   GET  /events                           → text/event-stream of LiveEvent (one JSON per `data:` line)
 *   POST /compliance/scan/agent/:id?policy_id  (interface A) starts a scan
 */

const Uuid = Type.String({ format: "uuid" });
const IsoTime = Type.String({ format: "date-time" });
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
export const RiskLevel = Type.Enum(riskLevels);

export const permissions = ["devices:read", "devices:write", "orgs:write"] as const;
export type Permission = (typeof permissions)[number];
export const Permission = Type.Enum(permissions);

/** The error shape of interface A and of our own routes. */
export const ApiError = Type.Object({ detail: Type.String(), status: Type.Integer(), code: Type.String() });
export type ApiError = Static<typeof ApiError>;

export const SignIn = Type.Object({
  email: Type.String({ minLength: 3, maxLength: 254 }),
  password: Type.String({ minLength: 1, maxLength: 200 }),
});
export const SessionTokens = Type.Object({
  accessToken: Type.String(),
  refreshToken: Type.String(),
  /** Seconds until the access token ends. */
  expiresIn: Type.Integer(),
});
export type SessionTokens = Static<typeof SessionTokens>;

export const Me = Type.Object({
  id: Uuid,
  email: Type.String(),
  name: Type.String(),
  organisations: Type.Array(Type.Object({ id: Uuid, name: Type.String(), permissions: Type.Array(Permission) })),
});
export type Me = Static<typeof Me>;

export const ScanState = Type.Object({
  workItemId: Uuid,
  state: Type.Union([Type.Literal("queued"), Type.Literal("running")]),
  /** Facts read so far and in all; 0 of 0 until the agent reports. */
  done: Type.Integer(),
  total: Type.Integer(),
});
export const LatestResult = Type.Object({
  resultId: Uuid,
  policyId: Uuid,
  policyName: Type.String(),
  checkedAt: IsoTime,
  /** 0–100, one decimal; null when nothing was evaluated. */
  score: nullable(Type.Number()),
  riskLevel: nullable(RiskLevel),
  counts: StatusCounts,
});
export type LatestResult = Static<typeof LatestResult>;
export const Device = Type.Object({
  id: Uuid,
  hostname: Type.String(),
  osType: OsType,
  platform: Platform,
  status: Type.Union([Type.Literal("online"), Type.Literal("offline")]),
  lastSeenAt: nullable(IsoTime),
  enrolledAt: IsoTime,
  agentVersion: Type.String(),
  /** The newest result of each policy, newest first. */
  latest: Type.Array(LatestResult),
  scan: nullable(ScanState),
});
export type Device = Static<typeof Device>;

export const DeviceFinding = Type.Intersect([
  Finding,
  Type.Object({
    category: Type.String(),
    rationale: Type.String(),
    impact: Type.String(),
    level: Type.Union([Type.Literal(1), Type.Literal(2)]),
    assessment: Type.Union([Type.Literal("automated"), Type.Literal("manual")]),
    /** Our name of the benchmark's section it is in. */
    section: Type.String(),
    /** What its check serves in public catalogues, e.g. "NIST SP 800-53 Revision 5: AC-17 Remote Access". */
    controls: Type.Array(Type.String()),
    /** What covers its failure now; null when nothing does. */
    exception: nullable(Type.Object({ id: Uuid, reason: Type.String(), expiresAt: nullable(IsoTime) })),
  }),
]);
export type DeviceFinding = Static<typeof DeviceFinding>;
export const DeviceFindings = Type.Object({
  result: LatestResult,
  benchmark: Type.Object({ id: Type.String(), version: Type.String(), title: Type.String() }),
  level: Type.Union([Type.Literal(1), Type.Literal(2)]),
  profile: Type.Union([Type.Literal("server"), Type.Literal("workstation")]),
  findings: Type.Array(DeviceFinding),
});
export type DeviceFindings = Static<typeof DeviceFindings>;

export const Overview = Type.Object({
  /** The policies there are; `policyId` names the one the figures below are of (the first when not asked for). */
  policies: Type.Array(Type.Object({ id: Uuid, name: Type.String() })),
  policyId: nullable(Uuid),
  devices: Type.Object({ total: Type.Integer(), online: Type.Integer(), scanned: Type.Integer() }),
  /** Mean of the devices' latest scores, one decimal. */
  score: nullable(Type.Number()),
  riskLevel: nullable(RiskLevel),
  riskDistribution: Type.Object({
    low: Type.Integer(),
    medium: Type.Integer(),
    high: Type.Integer(),
    critical: Type.Integer(),
  }),
  counts: StatusCounts,
  /** Worst first: severity, then number of failing devices; at most 10. */
  worst: Type.Array(
    Type.Object({
      checkId: Type.String(),
      title: Type.String(),
      severity: Severity,
      category: Type.String(),
      failCount: Type.Integer(),
      /** A device it fails on, to link to. */
      deviceId: Uuid,
    }),
  ),
  lastCheckedAt: nullable(IsoTime),
});
export type Overview = Static<typeof Overview>;

export const LiveEvent = Type.Union([
  Type.Object({
    type: Type.Literal("device"),
    deviceId: Uuid,
    status: Type.Union([Type.Literal("online"), Type.Literal("offline")]),
  }),
  Type.Object({
    type: Type.Literal("scan"),
    deviceId: Uuid,
    workItemId: Uuid,
    state: Type.Union([
      Type.Literal("queued"),
      Type.Literal("running"),
      Type.Literal("completed"),
      Type.Literal("failed"),
    ]),
    done: Type.Integer(),
    total: Type.Integer(),
    /** The reason, when failed. */
    message: Type.Optional(Type.String()),
  }),
]);
export type LiveEvent = Static<typeof LiveEvent>;
