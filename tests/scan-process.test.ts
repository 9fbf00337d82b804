import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ScanReport } from "@holdfast/contracts/scan-report";
import { localHost } from "@holdfast/engine/hosts/local";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { repositoryRoot } from "./tracked-files.ts";

const timeout = 300_000;
const german = { LANG: "de_DE.UTF-8", LANGUAGE: "de", LC_ALL: "de_DE.UTF-8" };
const english = { LANG: "C", LANGUAGE: "C", LC_ALL: "C" };
/** Sorts Ä behind Z, where German and English have it beside A. */
const swedish = { LANG: "sv_SE.UTF-8", LANGUAGE: "sv", LC_ALL: "sv_SE.UTF-8" };
let scratch = "";

beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), "holdfast-process-"));
  const files = {
    "etc/os-release": 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n',
    "etc/passwd":
      "root:x:0:0:root:/root:/bin/bash\nÄnne:x:1000:1000::/home/Änne:/bin/bash\nzoe:x:1001:1001::/home/zoe:/bin/bash\n",
    "etc/group": "root:x:0:\nÄnne:x:1000:\nzoe:x:1001:\n",
    "etc/shadow": "root:*:19000:0:99999:7:::\nÄnne::19000:0:99999:7:::\nzoe::19000:0:99999:7:::\n",
    "etc/sysctl.d/zorn.conf": "net.ipv4.ip_forward = 1\n",
    "etc/sysctl.d/Ärger.conf": "net.ipv4.ip_forward = 0\n",
    "etc/ssh/sshd_config": "LogLevel INFO\n",
    "var/log/Ärger.log": "",
    "var/log/zorn.log": "",
    "var/log/Apt.log": "",
    "var/lib/dpkg/status":
      "Package: openssh-server\nStatus: install ok installed\nVersion: 1:9.2\nArchitecture: amd64\n",
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(scratch, file)), { recursive: true });
    writeFileSync(path.join(scratch, file), text);
  }
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

describe("the locale of whoever scans", () => {
  it("changes no finding of a directory", { timeout }, () => {
    const words = ["scan", "--root", scratch, "--level", "2", "--json"];
    const reports = [english, german, swedish].map((locale) => reportOf(holdfast(words, locale).stdout));
    expect(reports[0]?.findings.length).toBeGreaterThan(300);
    expect(reports[1]).toEqual(reports[0]);
    expect(reports[2]).toEqual(reports[0]);
  });

  it("changes no finding of a running machine", { timeout }, () => {
    const numbers = "1.1.2.1.1,2.3.1.1,3.3.1,5.1.20,5.2.4,5.4.2.5,6.2.3.4,7.1.1,7.2.9";
    const words = ["scan", "--benchmark", "cis-debian-12", "--only", numbers, "--json"];
    const [first, second] = [english, german].map((locale) => reportOf(holdfast(words, locale).stdout));
    expect(first?.findings).toHaveLength(numbers.split(",").length);
    expect(second).toEqual(first);
  });

  it("does not reach the programs a host runs", async () => {
    for (const [name, value] of Object.entries(german)) vi.stubEnv(name, value);
    const { stdout } = await localHost().run(["env"]);
    expect(
      stdout
        .split("\n")
        .map((line) => line.split("=")[0])
        .sort(),
    ).toEqual(["", "LC_ALL", "PATH"]);
    expect(stdout).toContain("LC_ALL=C\n");
  });
});

it("ends, its report written, while a read hangs that nothing can cancel", { timeout }, () => {
  const fifo = path.join(scratch, "nobody-writes");
  execFileSync("mkfifo", [fifo]);
  const hang = path.join(scratch, "hang.mjs");
  // Opened so that it waits for a writer, a FIFO holds a thread just as a mount does whose server is gone.
  writeFileSync(hang, `import { open } from "node:fs/promises";\nvoid open(${JSON.stringify(fifo)}, "r");\n`);
  const words = ["scan", "--root", scratch, "--only", "3.3.1", "--json"];
  const { stdout, signal } = holdfast(words, {}, ["--import", hang]);
  expect(reportOf(stdout).findings).toHaveLength(1);
  expect(signal).toBe("SIGKILL");
});

/** What a scan found, without what differs from one to the next. */
function reportOf(stdout: string): Pick<ScanReport, "findings" | "score"> {
  const { findings, score } = JSON.parse(stdout) as ScanReport;
  return { score, findings: findings.map((finding) => ({ ...finding, ms: 0 })) };
}

function holdfast(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  imports: readonly string[] = [],
): { stdout: string; signal: NodeJS.Signals | null } {
  const program = ["--import", "tsx", ...imports, path.join(repositoryRoot, "apps/cli/src/bin.ts")];
  // The time limit's signal is another one than the program's own.
  return spawnSync(process.execPath, [...program, ...words], {
    cwd: repositoryRoot,
    encoding: "utf8",
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
    timeout: timeout / 2,
    killSignal: "SIGTERM",
  });
}
