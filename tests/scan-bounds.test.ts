import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { directoryHost } from "@holdfast/engine/hosts/directory";
import { localHost } from "@holdfast/engine/hosts/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BoundedScan } from "./bounded-scan.ts";
import { isRoot } from "./ordinary-user.ts";
import { repositoryRoot } from "./tracked-files.ts";

const many = 100_000;
const timeout = 180_000;
const evilName = "evil\n\u001b[2J\u0007name";
/** What is read for these rows, among others; an error anywhere names one of these paths. */
const affected = {
  "/etc/sysctl.d/10-fifo.conf": ["1.5.1", "1.5.2", ...numbers("3.3.", 11)],
  "/etc/modprobe.d": ["1.1.1.3"],
  "/etc/login.defs": numbers("5.4.1.", 4),
  "/etc/sudoers": ["5.2.2", "5.2.4", "5.2.5", "5.2.6"],
  "/etc/pam.d/su": ["5.2.7"],
  "/etc/profile.d": ["5.4.3.2"],
};
let scratch = "";
let healthy: BoundedScan;

beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), "holdfast-bounds-"));
  chmodSync(scratch, 0o755);
  healthy = scan(aMachine("healthy"));
}, timeout);
afterAll(() => rmSync(scratch, { recursive: true, force: true }), timeout);

describe("a hostile directory", () => {
  it("is scanned in bounded time and memory, and passes nothing it could not read", { timeout }, () => {
    const root = aMachine("hostile");
    aFifo(root, "etc/sysctl.d/10-fifo.conf");
    aFifo(root, "etc/motd.fifo");
    rmSync(path.join(root, "etc/pam.d/su"));
    aFifo(root, "etc/pam.d/su");
    rmSync(path.join(root, "etc/sudoers"));
    symlinkSync("/etc/sudoers.again", path.join(root, "etc/sudoers"));
    symlinkSync("sudoers", path.join(root, "etc/sudoers.again"));
    writeFileSync(path.join(root, "etc/login.defs"), Buffer.alloc(20_000_000, "#\n"));
    writeFileSync(path.join(root, "var/log/huge.log"), "");
    truncateSync(path.join(root, "var/log/huge.log"), 2 ** 31);
    // One file by many names is as many directory entries.
    manyNames(root, "etc/modprobe.d", many, ".conf");
    manyNames(root, "etc/profile.d", 1_500, ".sh");
    writeFileSync(path.join(root, "usr/bin", evilName), "");
    chmodSync(path.join(root, "usr/bin", evilName), 0o4777);

    const hostile = scan(root);

    const causes = Object.keys(affected);
    for (const number of newErrors(hostile))
      expect(causes.filter((cause) => hostile.messages[number]?.includes(cause)).length, number).toBeGreaterThan(0);
    for (const [cause, rows] of Object.entries(affected)) {
      const statuses = rows.map((number) => `${number} ${hostile.statuses[number]}`);
      expect(statuses, cause).toEqual(rows.map((number) => `${number} error`));
    }
    expect(hostile.messages["5.4.1.4"]).toContain("over 8 MiB");
    expect(hostile.statuses["7.1.11"]).toBe("fail");
    expect(Object.values(hostile.messages).filter((message) => /[^\P{Cc}\n]/u.test(message))).toEqual([]);
    expect(hostile.scanMs).toBeLessThan(120_000);
    expect(hostile.peakMemoryMiB).toBeLessThan(768);
    console.log(`hostile: ${Math.round(hostile.scanMs)} ms, ${Math.round(hostile.peakMemoryMiB)} MiB`);
  });

  it("may hold more text than fits into memory", { timeout }, () => {
    const root = aMachine("wordy");
    const file = path.join(root, "etc/sysctl.d/00.conf");
    writeFileSync(file, Buffer.alloc(8_000_000, "# a line of a comment\n"));
    for (let index = 1; index < 1_000; index += 1) linkSync(file, path.join(root, `etc/sysctl.d/${index}.conf`));
    const wordy = scan(root);
    expect(wordy.statuses["3.3.1"]).toBe("error");
    expect(wordy.characters).toBeLessThan(160_000_000);
    expect(wordy.peakMemoryMiB).toBeLessThan(768);
  });

  it.runIf(isRoot)("is an error where an ordinary user may not look", { timeout }, () => {
    const root = aMachine("closed");
    chmodSync(path.join(root, "etc/modprobe.d"), 0o700);
    chmodSync(path.join(root, "etc/login.defs"), 0o600);
    const nobody = Number(execFileSync("id", ["-u", "nobody"], { encoding: "utf8" }));
    const open = scan(aMachine("open"), nobody);
    const closed = scan(root, nobody);
    expect(closed.statuses["1.1.1.2"]).toBe("error");
    expect(closed.messages["5.4.1.4"]).toContain("needs root");
    const changed = Object.keys(closed.statuses).filter((number) => closed.statuses[number] !== open.statuses[number]);
    expect(changed.map((number) => closed.statuses[number]).filter((status) => status !== "error")).toEqual([]);
  });
});

it.each(["directory", "this machine"])("reads nothing that never ends from %s", async (kind) => {
  const root = aMachine(`hosts-${kind.split(" ")[0]}`);
  aFifo(root, "etc/fifo");
  symlinkSync("loop", path.join(root, "etc/loop"));
  writeFileSync(path.join(root, "etc/huge"), "");
  truncateSync(path.join(root, "etc/huge"), 2 ** 31);
  const [host, base] = kind === "directory" ? [await directoryHost(root), ""] : [localHost(), root];
  await expect(host.readText(`${base}/etc/fifo`)).rejects.toMatchObject({ code: "unreadable" });
  await expect(host.readText(`${base}/etc/loop`)).rejects.toMatchObject({ code: "unreadable" });
  await expect(host.readText(`${base}/etc/huge`)).rejects.toMatchObject({ code: "too_large" });
  expect(await host.stat(`${base}/etc/huge`)).toMatchObject({ size: 2 ** 31 });
});

function numbers(section: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${section}${index + 1}`);
}

/** What is an error here and was none on the healthy machine. */
function newErrors({ statuses }: BoundedScan): string[] {
  return Object.keys(statuses).filter((number) => statuses[number] === "error" && healthy.statuses[number] !== "error");
}

/** A small Debian 12 with what is needed for the checks above to come to a verdict. */
function aMachine(name: string): string {
  const root = path.join(scratch, name);
  const files = {
    "etc/os-release": 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n',
    "etc/hostname": `${name}\n`,
    "etc/passwd": "root:x:0:0:root:/root:/bin/bash\n",
    "etc/group": "root:x:0:\n",
    "etc/shadow": "root:*:19000:0:99999:7:::\n",
    "etc/login.defs": "PASS_MAX_DAYS 99999\nPASS_MIN_DAYS 0\nPASS_WARN_AGE 7\nENCRYPT_METHOD SHA512\nUMASK 022\n",
    "etc/sudoers": "Defaults use_pty\nroot ALL=(ALL:ALL) ALL\n",
    "etc/pam.d/su": "auth sufficient pam_rootok.so\n",
    "etc/profile": "umask 027\n",
    "etc/sysctl.d/50-router.conf": "net.ipv4.ip_forward = 0\n",
    "etc/modprobe.d/none.conf": "# nothing\n",
    "etc/profile.d/none.sh": "# nothing\n",
    "usr/bin/true": "",
    "usr/lib/modules/6.1.0/kernel/fs/hfs/hfs.ko": "",
    "usr/lib/modules/6.1.0/modules.dep": "kernel/fs/hfs/hfs.ko:\n",
    "var/log/app.log": "",
    "var/lib/dpkg/status":
      "Package: base-files\nStatus: install ok installed\nVersion: 12.4\nArchitecture: amd64\n\n" +
      "Package: sudo\nStatus: install ok installed\nVersion: 1.9\nArchitecture: amd64\n",
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  symlinkSync("usr/lib", path.join(root, "lib"));
  return root;
}

function aFifo(root: string, file: string): void {
  execFileSync("mkfifo", [path.join(root, file)]);
}

/** One empty file by many names; a file system allows some ten thousand names each. */
function manyNames(root: string, directory: string, count: number, suffix: string): void {
  let file = "";
  for (let index = 0; index < count; index += 1) {
    const name = path.join(root, directory, `${String(index).padStart(6, "0")}${suffix}`);
    if (index % 10_000 === 0) {
      file = name;
      writeFileSync(file, "");
    } else linkSync(file, name);
  }
}

function scan(root: string, uid?: number): BoundedScan {
  const program = path.join(repositoryRoot, "tests/bounded-scan.ts");
  const words = ["--import", "tsx", program, root, ...(uid === undefined ? [] : [String(uid)])];
  const { stdout, stderr } = spawnSync(process.execPath, words, { cwd: repositoryRoot, encoding: "utf8", timeout });
  expect(stderr).toBe("");
  return JSON.parse(stdout) as BoundedScan;
}
