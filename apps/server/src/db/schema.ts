import type { Observation } from "@holdfast/contracts/fact";
import type { OsType, Platform } from "@holdfast/contracts/platform";
import type { RiskLevel, Scoring } from "@holdfast/contracts/scoring";
import type { ColumnType, Generated } from "kysely";

/** jsonb: written as text, so that arrays and strings are not mistaken for SQL's. */
type Json<T> = ColumnType<T, string, string>;
type Timestamp = ColumnType<Date, Date, Date>;

export interface OrganisationTable {
  id: Generated<string>;
  name: string;
  createdAt: Generated<Date>;
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
  createdAt: Generated<Date>;
  expiresAt: Date | null;
}
export interface EnrolmentTokenTable {
  id: Generated<string>;
  orgId: string;
  tokenHash: Buffer;
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
}
export interface AuditHeadTable {
  orgId: string;
  seq: number;
  hash: Buffer;
}
export interface OutboxTable {
  id: string;
  orgId: string;
  name: string;
  payload: Json<unknown>;
  runAt: Timestamp;
  createdAt: Generated<Date>;
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
}
export interface JudgementTable {
  id: Generated<number>;
  orgId: string;
  factSetId: number;
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
  riskLevel: RiskLevel | null;
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
}
