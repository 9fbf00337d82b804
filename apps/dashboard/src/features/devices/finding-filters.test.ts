import type { DeviceFinding } from "@holdfast/contracts/own-api";
import { describe, expect, it } from "vitest";
import { filterFindings, findingFiltersOf } from "./finding-filters.ts";

const finding = (over: Partial<DeviceFinding>): DeviceFinding => ({
  checkId: "3.3.1",
  title: "Packet forwarding is off",
  severity: "medium",
  status: "fail",
  evidence: { expected: "is 0", actual: "running 1", source: null, details: [] },
  message: "running 1",
  remediation: "",
  ms: 0,
  category: "network",
  rationale: "",
  impact: "",
  level: 1,
  assessment: "automated",
  section: "3.3 Network parameters",
  controls: ["NIST SP 800-53 Revision 5: CM-7 Least Functionality"],
  exception: null,
  ...over,
});
const findings = [
  finding({}),
  finding({ checkId: "5.1.20", title: "No root login", status: "pass", severity: "high", controls: [] }),
];

describe("filterFindings", () => {
  it.each([
    [{}, ["3.3.1", "5.1.20"]],
    [{ status: "fail" as const }, ["3.3.1"]],
    [{ severity: "high" as const }, ["5.1.20"]],
    [{ text: "ROOT login" }, ["5.1.20"]],
    [{ text: "5.1" }, ["5.1.20"]],
    [{ text: "cm-7" }, ["3.3.1"]],
    [{ status: "fail" as const, severity: "high" as const }, []],
  ])("%j leaves %j", (filters, numbers) => {
    expect(filterFindings(findings, filters).map(({ checkId }) => checkId)).toEqual(numbers);
  });
});

describe("findingFiltersOf", () => {
  it("drops what is no filter", () => {
    expect(findingFiltersOf({ status: "green", severity: 5, text: "", open: 1.1 })).toEqual({ open: "1.1" });
  });
});
