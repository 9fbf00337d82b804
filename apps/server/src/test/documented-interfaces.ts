/**
 * What the two documents of the interfaces name: parameters of each path and members of each body and answer, written as
 * dotted paths (`[]` goes into a list).
 */
export interface DocumentedOperation {
  readonly method: "get" | "post" | "put" | "delete";
  /** Below the interface's address. */
  readonly path: string;
  readonly parameters?: readonly string[];
  readonly body?: readonly string[];
  readonly answer?: readonly string[];
}

const policy =
  "id name description enabled cis_level target_os schedule_type check_interval_minutes passing_score_threshold created_at".split(
    " ",
  );
const listed = (members: readonly string[]): string[] => ["total", ...members.map((member) => `items[].${member}`)];
const policyBody = policy.filter((member) => !["id", "enabled", "created_at"].includes(member));
const exception = "id check_id agent_uuid reason is_active expires_at created_at created_by".split(" ");

/** Interface A, below /api/v1/compliance. */
export const complianceDocument: readonly DocumentedOperation[] = [
  { method: "get", path: "/policies", parameters: ["skip", "limit", "enabled"], answer: listed(policy) },
  { method: "post", path: "/policies", body: policyBody, answer: policy },
  { method: "get", path: "/policies/{id}", answer: policy },
  { method: "put", path: "/policies/{id}", body: policyBody, answer: policy },
  { method: "delete", path: "/policies/{id}" },
  { method: "post", path: "/policies/{id}/toggle", answer: policy },
  {
    method: "get",
    path: "/checks",
    parameters: ["category", "severity", "target_os", "enabled"],
    answer: listed(
      "id cis_id cis_title cis_description cis_level category severity target_os enabled is_builtin remediation_guidance".split(
        " ",
      ),
    ),
  },
  { method: "post", path: "/checks/seed", answer: ["checks_created", "checks_updated"] },
  {
    method: "get",
    path: "/results/agent/{uuid}",
    parameters: ["policy_id", "status"],
    answer: listed(
      "id check_id policy_id status actual_value expected_value severity checked_at check.cis_id check.cis_title check.category".split(
        " ",
      ),
    ),
  },
  {
    method: "get",
    path: "/score/agent/{uuid}",
    parameters: ["policy_id"],
    answer:
      "score risk_level passed_checks failed_checks skipped_checks exempted_checks total_checks critical_failed high_failed medium_failed low_failed last_checked_at error_checks".split(
        " ",
      ),
  },
  {
    method: "get",
    path: "/history/agent/{uuid}",
    parameters: ["policy_id", "days"],
    answer: "recorded_at score risk_level passed_checks failed_checks".split(" ").map((member) => `[].${member}`),
  },
  {
    method: "get",
    path: "/trend",
    parameters: ["policy_id", "days"],
    answer: "date average_score agents compliant_agents failed_checks".split(" ").map((member) => `[].${member}`),
  },
  { method: "get", path: "/exceptions", answer: listed(exception) },
  { method: "post", path: "/exceptions", body: ["check_id", "agent_uuid", "reason", "expires_at"], answer: exception },
  { method: "delete", path: "/exceptions/{id}" },
  {
    method: "get",
    path: "/stats",
    parameters: ["policy_id"],
    answer:
      "total_agents compliant_agents non_compliant_agents unscanned_agents average_score risk_distribution.critical risk_distribution.high risk_distribution.medium risk_distribution.low".split(
        " ",
      ),
  },
  {
    method: "get",
    path: "/stats/top-failing",
    parameters: ["limit"],
    answer: "check_id cis_id cis_title category severity fail_count total_agents"
      .split(" ")
      .map((member) => `[].${member}`),
  },
  {
    method: "get",
    path: "/stats/non-compliant",
    answer: [
      "total",
      ..."agent_uuid hostname os score risk_level failed_checks".split(" ").map((member) => `agents[].${member}`),
    ],
  },
  {
    method: "post",
    path: "/scan/agent/{uuid}",
    parameters: ["policy_id"],
    answer: ["status", "agent_uuid", "policy_id"],
  },
];

const baseline =
  "id orgId name osType benchmarkVersion level customExclusions scanSchedule.enabled scanSchedule.intervalHours scanSchedule.nextScanAt isActive".split(
    " ",
  );
const finding = "checkId title severity status evidence remediation message".split(" ");
const result =
  "id orgId deviceId baselineId checkedAt totalChecks passedChecks failedChecks score findings summary".split(" ");
const device = ["id", "hostname", "osType", "status"];
const inside = (prefix: string, members: readonly string[]): string[] => members.map((member) => `${prefix}.${member}`);
const pagination = inside("pagination", ["limit", "offset", "total"]);
const action =
  "id orgId deviceId deviceHostname baselineId baselineName baselineResultId checkId action status approvalStatus requestedBy reason approvedBy approvedAt approvalNote executedAt beforeState afterState details rollbackHint createdAt plan planHash risk".split(
    " ",
  );

/** Interface B, below /api/v1/cis and /cis. */
export const cisDocument: readonly DocumentedOperation[] = [
  {
    method: "get",
    path: "/baselines",
    parameters: ["orgId", "osType", "active", "limit", "offset"],
    answer: [...inside("data[]", baseline), ...pagination],
  },
  { method: "post", path: "/baselines", body: baseline, answer: inside("data", baseline) },
  {
    method: "post",
    path: "/scan",
    body: ["orgId", "baselineId", "deviceIds"],
    answer: ["message", "jobId", "baselineId"],
  },
  {
    method: "get",
    path: "/compliance",
    parameters: ["orgId", "baselineId", "osType", "minScore", "maxScore", "limit", "offset"],
    answer: [
      ...inside("data[].result", result),
      ...inside("data[].baseline", ["id", "name", "osType", "benchmarkVersion", "level", "isActive"]),
      ...inside("data[].device", device),
      ...inside("summary", ["devicesAudited", "averageScore", "failingDevices", "compliantDevices"]),
      ...pagination,
    ],
  },
  {
    method: "get",
    path: "/devices/{deviceId}/report",
    parameters: ["baselineId", "limit"],
    answer: [
      ...inside("device", device),
      ...inside("reports[].result", result),
      ...inside("reports[].result.findings[]", finding),
      ...inside("reports[].baseline", baseline),
    ],
  },
  {
    method: "post",
    path: "/remediate",
    body: ["orgId", "deviceId", "baselineId", "baselineResultId", "checkIds", "action", "reason"],
    answer: ["message", "deviceId", "baselineId", "baselineResultId", "actionIds", "approvalStatus"],
  },
  {
    method: "post",
    path: "/remediate/approve",
    body: ["actionIds", "approved", "note"],
    answer: ["approved", "queued", "rejected", "actionIds", "skippedIds", "failedActionIds"],
  },
  {
    method: "get",
    path: "/remediations",
    parameters: ["orgId", "status", "approvalStatus", "deviceId", "baselineId", "limit", "offset"],
    answer: [...inside("data[]", action), ...pagination],
  },
];
