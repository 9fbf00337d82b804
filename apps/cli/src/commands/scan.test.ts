import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { RecordedFacts, ScanReport } from "@holdfast/contracts/scan-report";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { main } from "../main.ts";

const aPackage = "Package: base-files\nStatus: install ok installed\nVersion: 12.4\nArchitecture: amd64\n";
const only = ["--only", "3.3.1,5.1.20"];
let shared = "";
let dir = "";
/** Facts of an image that forwards packets and has no SSH server. */
let facts = "";

beforeAll(async () => {
  shared = await mkdtemp(path.join(tmpdir(), "holdfast-scan-"));
  const image = path.join(shared, "image");
  await mkdir(path.join(image, "etc/sysctl.d"), { recursive: true });
  await writeFile(path.join(image, "etc/os-release"), 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n');
  await mkdir(path.join(image, "var/lib/dpkg"), { recursive: true });
  await writeFile(path.join(image, "var/lib/dpkg/status"), aPackage);
  await writeFile(path.join(image, "etc/sysctl.d/99-router.conf"), "net.ipv4.ip_forward = 1\n");
  facts = path.join(shared, "facts.json");
  expect(await holdfast("scan", "--root", image, ...only, "--record", facts)).toMatchObject({ status: 0, errors: "" });
});
afterAll(() => rm(shared, { recursive: true }));
beforeEach(async () => {
  dir = await mkdtemp(path.join(shared, "test-"));
});
afterEach(() => {
  process.exitCode = undefined;
  vi.unstubAllEnvs();
});

/** The command's exit status and what it printed. */
async function holdfast(...argv: string[]): Promise<{ status: number; out: string; errors: string }> {
  const printed = { out: "", errors: "" };
  const out = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed.out += String(text);
    return true;
  });
  const errors = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    printed.errors += String(text);
    return true;
  });
  process.exitCode = undefined;
  try {
    return { status: await main(argv), ...printed };
  } finally {
    out.mockRestore();
    errors.mockRestore();
  }
}

const scan = (...argv: string[]) => holdfast("scan", "--facts", facts, ...only, ...argv);

describe("holdfast scan prints", () => {
  it("a table with the failures' reasons, the worst of them and the score", async () => {
    const { status, out, errors } = await scan();
    expect({ status, errors }).toEqual({ status: 0, errors: "" });
    expect(out).toMatch(/^ {2}FAIL +3\.3\.1 .+\n +at next boot 1/m);
    expect(out).toMatch(/^Worst failures$/m);
    expect(out).toMatch(/^debian-12: score 0\.0, risk/m);
    expect(out).toMatch(/^0 pass, 1 fail, 0 error, 1 not applicable, 0 manual, 0 not ported; \d+\.\d s$/m);
  });

  it("JSON that holds every finding with its evidence", async () => {
    const report: ScanReport = JSON.parse((await scan("--json")).out);
    expect(JSON.parse((await scan("--format", "json")).out)).toMatchObject({
      ...report,
      durationMs: expect.any(Number),
    });
    expect(report).toMatchObject({
      benchmark: { id: "cis-debian-12", level: 1, profile: "server" },
      device: { platform: "debian-12", osType: "linux" },
      score: 0,
      summary: { pass: 0, fail: 1, not_applicable: 1 },
    });
    expect(report.findings.map(({ checkId, status }) => [checkId, status])).toEqual([
      ["3.3.1", "fail"],
      ["5.1.20", "not_applicable"],
    ]);
    expect(report.findings[0]?.evidence.source).toBe("/etc/sysctl.d/99-router.conf:1");
  });

  it("CSV with a line per finding", async () => {
    const lines = (await scan("--format", "csv")).out.split("\r\n");
    expect(lines[0]).toBe("checkId,status,severity,title,expected,actual,source,message,remediation,ms");
    expect(lines.slice(1).map((line) => line.split(",").slice(0, 2))).toEqual([
      ["3.3.1", "fail"],
      ["5.1.20", "not_applicable"],
      [""],
    ]);
  });

  it("colours when they are forced, and none with NO_COLOR", async () => {
    vi.stubEnv("FORCE_COLOR", "1");
    vi.stubEnv("NO_COLOR", "");
    expect((await scan()).out).toContain("\u001b[31mFAIL");
    vi.stubEnv("NO_COLOR", "1");
    expect((await scan()).out).not.toContain("\u001b");
  });
});

describe("holdfast scan", () => {
  it("records what it read, and judges that the same again", async () => {
    const recorded: RecordedFacts = JSON.parse(await readFile(facts, "utf8"));
    expect(recorded).toMatchObject({ format: "holdfast-facts/1", platform: { id: "debian", version: "12" } });
    const again = path.join(dir, "again.json");
    const image = path.join(shared, "image");
    const { findings }: ScanReport = JSON.parse(
      (await holdfast("scan", "--root", image, ...only, "--record", again, "--json")).out,
    );
    const replayed: ScanReport = JSON.parse((await holdfast("scan", "--facts", again, ...only, "--json")).out);
    const withoutCost = (list: ScanReport["findings"]) => list.map((finding) => ({ ...finding, ms: 0 }));
    expect(withoutCost(replayed.findings)).toEqual(withoutCost(findings));
  });

  it("writes its output whole or not at all", async () => {
    const output = path.join(dir, "report.json");
    await writeFile(output, "before");
    expect(await scan("--json", "--output", output)).toEqual({ status: 0, out: "", errors: "" });
    expect(JSON.parse(await readFile(output, "utf8")).findings).toHaveLength(2);
    expect(await readdir(dir)).toEqual(["report.json"]);
    const nowhere = path.join(dir, "missing", "report.json");
    expect(await scan("--output", nowhere)).toMatchObject({ status: 3, errors: expect.stringContaining(nowhere) });
  });

  it("exits with 1 below --fail-under, after printing the report", async () => {
    expect(await scan("--fail-under", "50")).toMatchObject({
      status: 1,
      out: expect.stringContaining("FAIL"),
      errors: "holdfast: The score 0.0 is below 50.\n",
    });
    expect((await scan("--fail-under", "0")).status).toBe(0);
    const nothing = ["scan", "--facts", facts, "--only", "5.1.20", "--fail-under", "0"];
    expect(await holdfast(...nothing)).toMatchObject({ status: 1, errors: "holdfast: There is no score.\n" });
  });

  it.each([
    ["an unknown recommendation", ["--only", "99.9"], /cis-debian-12@\S+ has no recommendation 99\.9/],
    ["what is no number", ["--only", "../x"], /Give recommendation numbers/],
    ["an unknown benchmark", ["--benchmark", "cis-plan-9"], /There is: .*cis-debian-12@/],
    ["a third level", ["--level", "3"], /Give 1 or 2|Allowed choices are 1, 2/],
    ["a score above 100", ["--fail-under", "101"], /Give a score from 0 to 100/],
    ["an image and facts at once", ["--root", "/"], /cannot be used with/],
    ["a flag that is none", ["--colour"], /unknown option/],
  ])("exits with 2 for %s", async (_what, argv, says) => {
    const { status, out, errors } = await holdfast("scan", "--facts", facts, ...argv);
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(errors).toMatch(says);
  });

  it.each([
    ["are missing", null, /Cannot read .*facts\.json/],
    ["are no JSON", "{", /holds no recorded facts; make one with holdfast scan --record/],
    ["are something else", '{"format":"other/1"}', /holds no recorded facts/],
  ])("exits with 3 and one sentence when the facts %s", async (_what, text, says) => {
    const file = path.join(dir, "facts.json");
    if (text !== null) await writeFile(file, text);
    const { status, out, errors } = await holdfast("scan", "--facts", file);
    expect({ status, out }).toEqual({ status: 3, out: "" });
    expect(errors).toMatch(says);
    expect(errors.trim().split("\n")).toHaveLength(1);
  });

  it("exits with 3 and lists the benchmarks when there is none for the platform", async () => {
    const recorded: RecordedFacts = JSON.parse(await readFile(facts, "utf8"));
    const file = path.join(dir, "plan9.json");
    const platform = { ...recorded.platform, id: "plan9", version: "4", name: "Plan 9" };
    await writeFile(file, JSON.stringify({ ...recorded, platform }));
    expect(await holdfast("scan", "--facts", file)).toMatchObject({
      status: 3,
      errors: expect.stringMatching(/no benchmark for Plan 9 \(plan9-4\)\. There is: .*cis-debian-12@.*--benchmark/),
    });
    expect((await holdfast("scan", "--facts", file, "--benchmark", "cis-debian-12", ...only)).status).toBe(0);
  });

  it("is not disturbed by a reader that has had enough", async () => {
    const bin = fileURLToPath(new URL("../bin.ts", import.meta.url));
    const child = spawn(process.execPath, ["--import", "tsx", bin, "scan", "--facts", facts, "--format", "json"]);
    let errors = "";
    child.stderr.on("data", (text) => {
      errors += String(text);
    });
    child.stdout.once("data", () => child.stdout.destroy());
    const status = await new Promise((resolve) => child.once("close", resolve));
    expect({ status, errors }).toEqual({ status: 0, errors: "" });
  });
});

describe("holdfast scan --control", () => {
  const serving = async (...argv: string[]) => {
    const { status, out, errors } = await scan("--json", ...argv);
    return { status, errors, numbers: status === 0 ? numbersIn(JSON.parse(out)) : [] };
  };
  const numbersIn = ({ findings }: ScanReport) => findings.map(({ checkId }) => checkId);

  it("leaves what serves the control", async () => {
    expect(await serving("--control", "nist:AC-6")).toEqual({ status: 0, errors: "", numbers: ["5.1.20"] });
  });

  it("refuses what names no control, and one that nothing serves", async () => {
    expect(await serving("--control", "AC-6")).toMatchObject({ status: 2, errors: expect.stringContaining("nist-") });
    expect(await serving("--control", "nist:ZZ-1")).toMatchObject({
      status: 2,
      errors: expect.stringContaining("ZZ-1"),
    });
  });
});

describe("holdfast scan --set", () => {
  const size = (value: string) => ["--set", `audit-log-size=${value}`];

  it("judges by the values given, the last of a name", async () => {
    const auditd = path.join(shared, "auditd.json");
    const recorded: RecordedFacts = JSON.parse(await readFile(facts, "utf8"));
    const state = { value: "8", source: "/etc/audit/auditd.conf:1" };
    const withAuditd = { ...recorded, facts: { ...recorded.facts, "auditd_conf:max_log_file": { state } } };
    await writeFile(auditd, JSON.stringify(withAuditd));
    const expected = async (...argv: string[]) => {
      const { out } = await holdfast("scan", "--facts", auditd, "--json", "--level", "2", ...argv);
      return JSON.stringify(JSON.parse(out).findings).includes("at least 32");
    };
    expect(await expected()).toBe(false);
    expect(await expected(...size("4"), ...size("32"))).toBe(true);
  });

  it.each([
    [["--set", "colour=red"], "ntp-servers"],
    [["--set", "ntp-servers"], "NAME=VALUE"],
    [["--set", "ntp-servers=a,b c"], "must match"],
    [["--set", "firewall=none"], "must be one of"],
    [size("much"), "must be a number"],
    [size("0"), "must be at least 1"],
  ])("refuses %j", async (argv, message) => {
    expect(await scan(...argv)).toEqual({ status: 2, out: "", errors: expect.stringContaining(message) });
  });

  it("is in the help", async () => {
    expect((await holdfast("scan", "--help")).out).toMatch(/--set <name=value> .*\n?.*ntp-servers/);
  });
});
