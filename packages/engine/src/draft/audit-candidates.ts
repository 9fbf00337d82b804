import type { Json } from "@holdfast/contracts/json";
import { type Candidate, type Candidates, textsOf } from "./candidate.ts";

const values = { UID_MIN: "1000", SUDO_LOGFILE: "/var/log/sudo.log" };

export const auditRuleCandidates: Candidates = ({ rules, last }) => {
  const asked = textsOf(rules).length > 0 ? textsOf(rules) : textsOf(last);
  const isLast = typeof last === "string";
  const filled = asked.map(withValues);
  const state = (onDisk: readonly string[], loaded: readonly string[], sudoLogFile: string | null): Json => ({
    onDisk: onDisk.map((rule, index) => ({ rule, source: `/etc/audit/rules.d/50-hardening.rules:${index + 1}` })),
    loaded,
    values: { ...values, SUDO_LOGFILE: sudoLogFile },
  });
  const whole = (onDisk: readonly string[], loaded: readonly string[]) => state(onDisk, loaded, values.SUDO_LOGFILE);
  const usesSudoLog = asked.some((rule) => rule.includes("{SUDO_LOGFILE}"));
  const without: Candidate[] = filled.map((rule) => {
    const others = filled.filter((other) => other !== rule);
    return { name: `without ${rule}`, state: whole(others, others) };
  });
  return [
    {
      name: isLast ? "ends as it should" : "every rule on disk and loaded",
      state: whole(filled, isLast ? [] : filled),
    },
    ...(isLast
      ? [{ name: "another last line", state: whole(["-e 1"], []) }]
      : [
          { name: "on disk, but not loaded", state: whole(filled, []), isHard: true },
          { name: "loaded, but not on disk", state: whole([], filled), isHard: true },
        ]),
    ...(usesSudoLog ? [{ name: "sudo has no log file", state: state(filled, filled, null) }] : []),
    ...without,
    { name: "no rules", state: whole([], []) },
  ];
};

function withValues(rule: string): string {
  return rule.replaceAll("{UID_MIN}", values.UID_MIN).replaceAll("{SUDO_LOGFILE}", values.SUDO_LOGFILE);
}
