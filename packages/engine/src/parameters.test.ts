import type { Expectation } from "@holdfast/content/expression";
import type { Check } from "@holdfast/content/pack";
import type { Observation } from "@holdfast/contracts/fact";
import { expect, it } from "vitest";
import { factRequestsOfChecks } from "./fact-requests.ts";
import { judgeCheck } from "./judge.ts";
import { aCheck } from "./test/a-check.ts";

const size: Expectation = {
  kind: "auditd_conf",
  target: { key: "max_log_file" },
  desired: { at_least: 6 },
  parameters: { at_least: "audit-log-size" },
  address: "auditd_conf:max_log_file",
};
const firewall: Expectation = {
  kind: "parameter",
  target: { name: "firewall", default: "auto" },
  desired: { equals: "ufw" },
  address: "parameter:firewall",
};
const check = (expectation: Expectation): Check => aCheck({ expectation });
const facts = new Map<string, Observation>([["auditd_conf:max_log_file", { state: { value: "8", source: "x:1" } }]]);
const conditions = new Map();

it("judges by the policy's value, else by the default, and shows which", () => {
  expect(judgeCheck(check(size), { facts, conditions }).verdict).toBe("pass");
  const strict = judgeCheck(check(size), { facts, conditions, parameters: new Map([["audit-log-size", 16]]) });
  expect(strict.verdict).toBe("fail");
  expect(strict.evidence[0]?.expected).toContain("16");
});

it("cannot judge by a value of the wrong kind", () => {
  const parameters = new Map([["audit-log-size", "much"]]);
  expect(judgeCheck(check(size), { facts, conditions, parameters }).verdict).toBe("error");
});

it("takes a choice from the policy, which no device overrules, else the default", () => {
  const verdict = (chosen: string | null, reported: string | null = null) =>
    judgeCheck(check(firewall), {
      facts: reported === null ? facts : new Map([["parameter:firewall", { state: { value: reported } }]]),
      conditions,
      ...(chosen === null ? {} : { parameters: new Map([["firewall", chosen]]) }),
    }).verdict;
  expect(verdict(null)).toBe("fail");
  expect(verdict("ufw")).toBe("pass");
  expect(verdict("nftables", "ufw")).toBe("fail");
});

it("asks no device for a choice", () => {
  const pack = { checks: new Map([["c", { ...check(firewall), id: "c" }]]), conditions };
  expect(factRequestsOfChecks(pack, ["c"])).toEqual([]);
});
