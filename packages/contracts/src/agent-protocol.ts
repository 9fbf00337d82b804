import { type Static, Type } from "typebox";
import { Observation } from "./fact.ts";
import { Platform } from "./platform.ts";
import { ParameterSettings } from "./wire.ts";

/*
 * What an agent and the server say to each other, under /agent/v1. The agent asks; the server never sends commands,
 * only the ids of work that exists as rows.
 *
 *   POST /agent/v1/enrol            EnrolRequest → EnrolResponse          once, with an enrolment token
 *   POST /agent/v1/work/claim       {} → { items: WorkItem[] }            at most 10; a claim is a lease of 5 minutes
 *   POST /agent/v1/work/:id/fail    { message } → {}
 *   POST /agent/v1/remediations/:actionId/report  RemediationReport → {}; sending it twice is harmless
 *   POST /agent/v1/facts            FactUpload → FactAck; 409 UnknownBase: send the whole set
 *   GET  /agent/v1/schedule         → AgentSchedule                       what to scan unasked, also while offline
 *   GET  /agent/v1/socket           WebSocket: presence, nudges, progress
 *
 * Every request but enrol is signed by the device's Ed25519 key. Headers: `x-holdfast-device` (device id),
 * `x-holdfast-time` (milliseconds since 1970 UTC, at most 5 minutes off), `x-holdfast-signature` (base64 of the
 * signature over `signedText`). Bodies are JSON, `content-encoding` gzip; the signature covers the bytes sent.
 * The server signs every answer's bytes likewise (`x-holdfast-time`, `x-holdfast-signature`), with the key the agent
 * pinned when it enrolled.
 */

/** The text a request or response signature covers. `bodySha256` is lower-case hex of the bytes on the wire. */
export function signedText(method: string, pathAndQuery: string, timeMs: number, bodySha256: string): string {
  return `holdfast-1\n${method}\n${pathAndQuery}\n${timeMs}\n${bodySha256}`;
}

const Uuid = Type.String({ format: "uuid" });
const Sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" });
const IsoTime = Type.String({ format: "date-time" });

export const EnrolRequest = Type.Object({
  token: Type.String({ minLength: 16, maxLength: 200 }),
  /** Ed25519, SPKI, base64. */
  publicKey: Type.String({ minLength: 40, maxLength: 200 }),
  hostname: Type.String({ minLength: 1, maxLength: 253 }),
  platform: Platform,
  agentVersion: Type.String({ maxLength: 40 }),
});
export type EnrolRequest = Static<typeof EnrolRequest>;

export const EnrolResponse = Type.Object({
  deviceId: Uuid,
  orgId: Uuid,
  /** The server's Ed25519 key, SPKI, base64: the agent pins it. */
  serverPublicKey: Type.String(),
});
export type EnrolResponse = Static<typeof EnrolResponse>;

/** A scan order. The agent reads every fact the benchmark needs, of all levels and profiles, so one set serves all policies. */
export const ScanItem = Type.Object({
  id: Uuid,
  type: Type.Literal("scan"),
  policyId: Uuid,
  /** e.g. "cis-debian-12@1.1.0"; null when there is none for this device: report platform only. */
  benchmark: Type.Union([Type.String(), Type.Null()]),
  /** What the policy asks for, in the words of interface B. The server judges by it; an agent only shows it. */
  benchmarkVersion: Type.Optional(Type.String()),
  level: Type.Optional(Type.Enum(["l1", "l2", "custom"] as const)),
  customExclusions: Type.Optional(Type.Array(Type.String())),
});
export type ScanItem = Static<typeof ScanItem>;

/** An approved remediation. What to change is not in it: the agent works it out from its own content and facts. */
export const RemediationItem = Type.Object({
  id: Uuid,
  type: Type.Literal("remediation"),
  actionId: Uuid,
  /** The policy it was asked for under: scanned again afterwards, so that the new verdict shows. */
  policyId: Uuid,
  /** The recommendation's number, e.g. "3.3.1". */
  checkId: Type.String(),
  /** The check's id in the content pack. */
  check: Type.String(),
  /** e.g. "cis-debian-12@1.1.0". */
  benchmark: Type.String(),
  action: Type.Enum(["apply", "rollback"] as const),
  /** `apply`: the hash of the plan that was approved; another plan is refused as `stateChanged`. */
  planHash: Type.Union([Sha256, Type.Null()]),
  /** `rollback`: the execution to undo, as its report named it; null: the last one of this check. */
  executionId: Type.Union([Type.String({ maxLength: 100 }), Type.Null()]),
  /** The policy's values for parameters of the content, by id: the plan is worked out with them. */
  parameters: Type.Optional(ParameterSettings),
});
export type RemediationItem = Static<typeof RemediationItem>;

export const WorkItem = Type.Union([ScanItem, RemediationItem]);
export type WorkItem = Static<typeof WorkItem>;

/** How a remediation ended on the device. */
export const RemediationReport = Type.Object({
  success: Type.Boolean(),
  /** Why not, in a sentence. */
  error: Type.Optional(Type.String({ maxLength: 10_000 })),
  /** The plan would be another one by now: nothing was touched, and it has to be approved anew. */
  stateChanged: Type.Optional(Type.Boolean()),
  /** The journal's id, for rolling it back later. */
  executionId: Type.Optional(Type.Union([Type.String({ maxLength: 100 }), Type.Null()])),
  /** The observations the check is judged on, by address, before and after. */
  beforeState: Type.Optional(Type.Unknown()),
  afterState: Type.Optional(Type.Unknown()),
  /** How a person puts it back on the device itself. */
  rollbackHint: Type.Optional(Type.Union([Type.String({ maxLength: 2000 }), Type.Null()])),
});
export type RemediationReport = Static<typeof RemediationReport>;

export const FactUpload = Type.Object({
  /** The work item this answers; null for a scan the agent started by its schedule. */
  workItemId: Type.Union([Uuid, Type.Null()]),
  policyId: Uuid,
  checkedAt: IsoTime,
  /** Id the agent gives this upload; sending it twice stores it once. */
  uploadId: Uuid,
  benchmark: Type.String(),
  platform: Platform,
  agentVersion: Type.String({ maxLength: 40 }),
  /** Digest of the set the changes are relative to: the last one acknowledged; null: `changed` is the whole set. */
  base: Type.Union([Sha256, Type.Null()]),
  /** Digest of the set after the changes; see factSetDigest in @holdfast/engine/fact-set. The server checks it. */
  digest: Sha256,
  changed: Type.Record(Type.String({ maxLength: 500 }), Observation),
  removed: Type.Array(Type.String({ maxLength: 500 })),
  durationMs: Type.Integer({ minimum: 0 }),
});
export type FactUpload = Static<typeof FactUpload>;

export const FactAck = Type.Object({ digest: Sha256, resultId: Uuid });
export type FactAck = Static<typeof FactAck>;

/** Answer 409 to an upload whose base the server does not have. */
export const UnknownBase = Type.Object({ code: Type.Literal("unknown_base"), detail: Type.String() });

export const AgentSchedule = Type.Object({
  policies: Type.Array(
    Type.Object({
      policyId: Uuid,
      benchmark: Type.Union([Type.String(), Type.Null()]),
      intervalMinutes: Type.Integer({ minimum: 5 }),
    }),
  ),
});
export type AgentSchedule = Static<typeof AgentSchedule>;

/** Server → agent. `work`: claim now. */
export const ServerMessage = Type.Object({ type: Type.Literal("work") });
/** Agent → server, for people watching; never stored. */
export const AgentMessage = Type.Object({
  type: Type.Literal("progress"),
  workItemId: Uuid,
  done: Type.Integer({ minimum: 0 }),
  total: Type.Integer({ minimum: 0 }),
});
export type AgentMessage = Static<typeof AgentMessage>;
