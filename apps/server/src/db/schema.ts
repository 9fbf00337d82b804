import type { Observation } from "@holdfast/contracts/fact";
import type { Plan } from "@holdfast/contracts/plan";
import type { OsType, Platform } from "@holdfast/contracts/platform";
import type { RiskLevel, Scoring } from "@holdfast/contracts/scoring";
import type { Severity } from "@holdfast/contracts/severity";
import type { ParameterSettings } from "@holdfast/contracts/wire";
import type { ColumnType, Generated } from "kysely";

/** jsonb: written as text, so that arrays and strings are not mistaken for SQL's. */
type Json<T> = ColumnType<T, string, string>;
type Timestamp = ColumnType<Date, Date, Date>;

export interface OrganisationTable {
  id: Generated<string>;
  name: string;
  createdAt: Generated<Date>;
  /** Of the content its results were judged by last; null: not known. */
  contentDigest: ColumnType<string | null, string | null | undefined, string | null>;
}
export interface UserAccountTable {
  id: Generated<string>;
  email: string;
  name: string;
  passwordHash: string | null;
  administrator: Generated<boolean>;
  createdAt: Generated<Date>;
}
export interface MembershipTable {
  orgId: string;
  userId: string;
  permissions: string[];
  createdAt: Generated<Date>;
}
export interface SessionTable {
  id: Generated<string>;
  userId: string;
  tokenHash: Buffer;
  previousTokenHash: Buffer | null;
  rotatedAt: Timestamp;
  createdAt: Generated<Date>;
  expiresAt: Timestamp;
}
export interface ApiTokenTable {
  id: Generated<string>;
  orgId: string;
  userId: string | null;
  name: string;
  tokenHash: Buffer;
  permissions: string[];
  allOrganisations: Generated<boolean>;
  createdBy: ColumnType<string | null, string | null | undefined, string | null>;
  createdAt: Generated<Date>;
  expiresAt: Date | null;
  lastUsedAt: ColumnType<Date | null, Date | null | undefined, Date | null>;
}
export interface EnrolmentTokenTable {
  id: Generated<string>;
  orgId: string;
  tokenHash: Buffer;
  uses: number;
  usesLeft: number;
  createdAt: Generated<Date>;
  expiresAt: Timestamp;
}
export interface AuditEventTable {
  orgId: string;
  seq: number;
  at: Timestamp;
  actorType: string;
  actorId: string;
  actorLabel: string;
  action: string;
  subjectType: string;
  subjectId: string;
  detail: Json<unknown>;
  previousHash: Buffer;
  hash: Buffer;
  requestId: string | null;
  actorUserId: string | null;
}
export interface AuditHeadTable {
  orgId: string;
  seq: number;
  hash: Buffer;
}
export interface SignInFailureTable {
  addressHash: Buffer;
  failures: number;
  lastFailedAt: Timestamp;
  lockedUntil: Date | null;
}
export interface OutboxTable {
  id: string;
  orgId: string;
  name: string;
  payload: Json<unknown>;
  runAt: Timestamp;
  createdAt: Generated<Date>;
  heldUntil: ColumnType<Date | null, Date | null | undefined, Date | null>;
}
export interface PolicyTable {
  id: Generated<string>;
  orgId: string;
  name: string;
  description: string;
  osType: OsType;
  benchmark: string | null;
  benchmarkVersion: string | null;
  level: 1 | 2;
  custom: boolean;
  profile: "server" | "workstation";
  exclusions: string[];
  scoring: Scoring;
  /** Values by parameter id; the content's defaults count for the rest. */
  parameters: ColumnType<ParameterSettings, string | undefined, string>;
  threshold: number;
  scheduleEnabled: boolean;
  intervalMinutes: number;
  nextScanAt: Date | null;
  enabled: boolean;
  revision: Generated<number>;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
}
export interface DeviceTable {
  id: Generated<string>;
  orgId: string;
  hostname: string;
  osType: OsType;
  platform: Json<Platform>;
  agentVersion: string;
  publicKey: Buffer;
  enrolledAt: Generated<Date>;
  lastSeenAt: Date | null;
  onlineUntil: Date | null;
  factSetId: number | null;
}
export interface WorkItemTable {
  id: Generated<string>;
  orgId: string;
  deviceId: string;
  policyId: string;
  createdAt: Generated<Date>;
  availableAt: Generated<Date>;
  claimedUntil: Date | null;
  attempts: Generated<number>;
}
export interface FactTable {
  id: Generated<number>;
  hash: Buffer;
  address: string;
  observation: Json<Observation>;
}
export interface FactSetTable {
  id: Generated<number>;
  orgId: string;
  deviceId: string;
  digest: Buffer;
  factIds: number[];
  createdAt: Generated<Date>;
}
export interface BenchmarkLayoutTable {
  id: Generated<number>;
  digest: Buffer;
  benchmark: string;
  version: string;
  title: string;
  numbers: string[];
  /** "0" and "1", one per number: which are of the severity. */
  critical: string;
  high: string;
  medium: string;
  low: string;
}
export interface JudgementTable {
  id: Generated<number>;
  orgId: string;
  /** null: of an imported result. */
  factSetId: number | null;
  importedResultId: number | null;
  policyId: string;
  policyRevision: number;
  contentDigest: Buffer;
  layoutId: number | null;
  level: 1 | 2;
  profile: "server" | "workstation";
  scoring: Scoring;
  statuses: number[];
  passCount: number;
  failCount: number;
  errorCount: number;
  notApplicableCount: number;
  manualCount: number;
  notPortedCount: number;
  failedCritical: number;
  failedHigh: number;
  failedMedium: number;
  failedLow: number;
  score: number | null;
  /** By the thresholds of when it was judged; readers work it out by today's. */
  riskLevel: RiskLevel | null;
  passedWeight: number;
  failedWeight: number;
  /** "0" and "1", one per place of the layout. */
  failing: string;
  /** The policy's when it was judged; null: none. */
  parameters: ColumnType<ParameterSettings | null, string | null, string | null>;
  createdAt: Generated<Date>;
}
export interface ScanResultTable {
  id: string;
  orgId: string;
  deviceId: string;
  policyId: string;
  judgementId: number;
  checkedAt: Timestamp;
  receivedAt: Timestamp;
}
export interface LatestResultTable {
  orgId: string;
  deviceId: string;
  policyId: string;
  resultId: string;
  judgementId: number;
  checkedAt: Timestamp;
  receivedAt: Timestamp;
  layoutId: number | null;
  failing: string;
  scoring: Scoring;
  passedWeight: number;
  failedWeight: number;
  passCount: number;
  failCount: number;
  errorCount: number;
  /** Not applicable, manual and not ported. */
  skippedCount: number;
  failedCritical: number;
  failedHigh: number;
  failedMedium: number;
  failedLow: number;
}
export interface OrganisationCheckTable {
  orgId: string;
  id: string;
  benchmark: string;
  number: string;
  place: number;
  title: string;
  description: string;
  level: 1 | 2;
  category: string;
  severity: Severity;
  osType: OsType;
  remediation: string;
  builtin: boolean;
  seeded: boolean;
  enabled: Generated<boolean>;
}
export interface ExceptionTable {
  id: Generated<string>;
  orgId: string;
  checkId: string;
  benchmark: string;
  number: string;
  deviceId: string | null;
  reason: string;
  expiresAt: Date | null;
  createdBy: string;
  createdAt: Timestamp;
  revokedAt: Date | null;
}
export interface ImportedResultTable {
  id: Generated<number>;
  orgId: string;
  deviceId: string;
  source: string;
  findings: Json<unknown>;
}
export interface ResultDayTable {
  orgId: string;
  deviceId: string;
  policyId: string;
  /** ISO date. */
  day: string;
  score: number | null;
  failCount: number;
}
export interface ScanDayTable {
  orgId: string;
  policyId: string;
  day: string;
}
export const remediationStates = [
  "requested",
  "approved",
  "dispatched",
  "running",
  "completed",
  "failed",
  "rejected",
  "cancelled",
] as const;
export interface RemediationTable {
  id: Generated<string>;
  orgId: string;
  deviceId: string;
  policyId: string;
  resultId: string;
  recommendation: string;
  benchmark: string;
  checkId: string;
  action: "apply" | "rollback";
  state: (typeof remediationStates)[number];
  requestedBy: string;
  reason: string | null;
  decidedBy: string | null;
  decidedAt: Date | null;
  decisionNote: string | null;
  plan: Json<Plan>;
  planHash: string;
  diff: string;
  risk: string;
  undoes: string | null;
  executionId: string | null;
  beforeState: ColumnType<unknown, string | null | undefined, string | null>;
  afterState: ColumnType<unknown, string | null | undefined, string | null>;
  rollbackHint: string | null;
  message: string | null;
  createdAt: Timestamp;
  startedAt: Date | null;
  claimedUntil: Date | null;
  executedAt: Date | null;
}

export interface Database {
  organisation: OrganisationTable;
  userAccount: UserAccountTable;
  membership: MembershipTable;
  session: SessionTable;
  apiToken: ApiTokenTable;
  enrolmentToken: EnrolmentTokenTable;
  auditEvent: AuditEventTable;
  auditHead: AuditHeadTable;
  signInFailure: SignInFailureTable;
  outbox: OutboxTable;
  policy: PolicyTable;
  device: DeviceTable;
  workItem: WorkItemTable;
  fact: FactTable;
  factSet: FactSetTable;
  benchmarkLayout: BenchmarkLayoutTable;
  judgement: JudgementTable;
  scanResult: ScanResultTable;
  latestResult: LatestResultTable;
  organisationCheck: OrganisationCheckTable;
  exception: ExceptionTable;
  importedResult: ImportedResultTable;
  resultDay: ResultDayTable;
  scanDay: ScanDayTable;
  remediation: RemediationTable;
}
