import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { StateChangedError } from "./changes.ts";
import { applyCheck, NotPlannableError, readCheck } from "./execute.ts";
import { LockedError, withExecutionLock } from "./execution-lock.ts";
import type { WritableHost } from "./host.ts";
import { type RecordedMachine, type Recording, recordingHost } from "./hosts/recording.ts";
import { JournalError, readJournal, readJournals } from "./journal.ts";
import { planHash } from "./plan.ts";
import { rollBack } from "./roll-back.ts";
import { aCheck, anExpectation, aPack } from "./test/a-check.ts";

const forwarding = aCheck(anExpectation("sysctl", { key: "net.ipv4.ip_forward" }, { equals: "0" }));
const dropIn = "/etc/sysctl.d/99-zz-holdfast-net.ipv4.ip_forward.conf";
const running = "/proc/sys/net/ipv4/ip_forward";
const rootLogin = aCheck(anExpectation("sshd_setting", { key: "permitrootlogin" }, { equals: "no" }));
const sshdDropIn = "/etc/ssh/sshd_config.d/00-holdfast-permitrootlogin.conf";

let journalDirectory = "";
beforeEach(async () => {
  journalDirectory = path.join(await mkdtemp(path.join(tmpdir(), "holdfast-execute-")), "journal");
});
afterEach(() => rm(path.dirname(journalDirectory), { recursive: true }));

const aRouter = () => recordingHost({ files: { [running]: "1\n" }, directories: ["/etc/sysctl.d"] });

function apply(host: WritableHost, check = forwarding, approvedHash?: string) {
  return applyCheck({ host, root: "/", journalDirectory, pack: aPack(check) }, check, approvedHash);
}

async function committed(host: WritableHost, check = forwarding): Promise<string> {
  const execution = await apply(host, check);
  if (execution.outcome !== "committed") throw new Error(JSON.stringify(execution));
  return execution.id;
}

const undo = (host: WritableHost, id: string, force = false) => rollBack({ host, journalDirectory, id, force });
const nodes = (host: RecordedMachine): string => JSON.stringify([...host.nodes].sort());

it("changes, verifies and commits; rolling back restores every byte; twice is as once", async () => {
  const host = aRouter();
  const before = nodes(host);
  const id = await committed(host);
  expect(await host.readText(dropIn)).toBe("net.ipv4.ip_forward = 0\n");
  expect(await host.readText(running)).toBe("0\n");
  expect(await apply(host)).toEqual({ outcome: "nothing_to_do" });
  expect(await undo(host, id)).toEqual({ outcome: "rolled_back" });
  expect(nodes(host)).toBe(before);
  expect(await undo(host, id)).toEqual({ outcome: "already_rolled_back" });
  expect(nodes(host)).toBe(before);
});

it("makes and verifies what the policy sets", async () => {
  const check = aCheck({
    expectation: {
      kind: "sysctl",
      target: { key: "net.ipv4.ip_forward" },
      desired: { equals: "1" },
      parameters: { equals: "forwarding" },
      address: "sysctl:net.ipv4.ip_forward",
    },
  });
  const host = aRouter();
  const parameters = new Map([["forwarding", "0"]]);
  const options = { host, root: "/", journalDirectory, pack: aPack(check) };
  expect(await applyCheck({ ...options, parameters }, check)).toMatchObject({ outcome: "committed" });
  expect(await host.readText(running)).toBe("0\n");
});

it("keeps its journal to its owner", async () => {
  const id = await committed(aRouter());
  expect((await stat(journalDirectory)).mode & 0o777).toBe(0o700);
  expect((await stat(path.join(journalDirectory, `${id}.jsonl`))).mode & 0o777).toBe(0o600);
  expect(await readdir(journalDirectory)).toEqual([`${id}.jsonl`]);
});

it("rolls everything back when a change fails", async () => {
  const host = aRouter();
  const before = nodes(host);
  const readOnlyKernel = {
    ...host,
    setKernelParameter: () => Promise.reject(new Error("the kernel does not take it")),
  };
  expect(await apply(readOnlyKernel)).toMatchObject({ outcome: "rolled_back", reason: "the kernel does not take it" });
  expect(nodes(host)).toBe(before);
  expect(await readJournals(journalDirectory)).toMatchObject([{ state: "rolled_back" }]);
});

it("rolls everything back when the check does not pass afterwards", async () => {
  const host = aRouter();
  const before = nodes(host);
  const stubborn = { ...host, setKernelParameter: async () => undefined };
  const execution = await apply(stubborn);
  expect(execution).toMatchObject({ outcome: "rolled_back" });
  expect(execution).toHaveProperty("reason", expect.stringContaining("the check is fail, not pass"));
  expect(nodes(host)).toBe(before);
});

it("touches nothing when the machine is not what was approved, or changes while it is at it", async () => {
  const host = aRouter();
  const { plan } = await readCheck({ host, pack: aPack(forwarding) }, forwarding);
  if ("none" in plan) throw new Error(plan.none);
  host.put(dropIn, "# somebody was here\n");
  const before = nodes(host);
  await expect(apply(host, forwarding, planHash(plan))).rejects.toThrow(StateChangedError);
  expect(nodes(host)).toBe(before);
  const meddled = { ...host, setKernelParameter: host.setKernelParameter, writeFile: meddle };
  async function meddle(...args: Parameters<WritableHost["writeFile"]>): Promise<void> {
    await host.writeFile(...args);
    host.put(running, "2\n");
  }
  expect(await apply(meddled)).toMatchObject({ outcome: "rolled_back" });
  expect(await host.readText(dropIn)).toBe("# somebody was here\n");
  expect(await host.readText(running)).toBe("2\n");
});

it("removes what a killed write left beside the file, and nothing that only looks like it", async () => {
  const host = aRouter();
  const id = await committed(host);
  const left = `/etc/sysctl.d/.${path.basename(dropIn)}.0123456789abcdef.holdfast-new`;
  host.put(left, "half");
  host.put("/etc/sysctl.d/.other.conf.0123456789abcdef.holdfast-new", "not of this file");
  expect(await undo(host, id)).toEqual({ outcome: "rolled_back" });
  expect(await host.list("/etc/sysctl.d")).toEqual([".other.conf.0123456789abcdef.holdfast-new"]);
});

it("does not put back what somebody has edited since, unless forced", async () => {
  const host = aRouter();
  const before = nodes(host);
  const id = await committed(host);
  host.put(dropIn, "net.ipv4.ip_forward = 0\n# mine\n");
  const edited = nodes(host);
  const refused = await undo(host, id);
  expect(refused).toMatchObject({ outcome: "edited_since" });
  expect(refused).toHaveProperty("differences", [expect.stringContaining("+# mine")]);
  expect(nodes(host)).toBe(edited);
  expect(await undo(host, id, true)).toEqual({ outcome: "rolled_back" });
  expect(nodes(host)).toBe(before);
});

it("has nothing to execute for a check without a plan", async () => {
  const host = recordingHost({ directories: ["/proc/sys"] });
  await expect(apply(host)).rejects.toThrow(NotPlannableError);
  expect(await readJournals(journalDirectory)).toEqual([]);
});

it("refuses a second execution at once, and takes over the lock of a process that is gone", async () => {
  const host = aRouter();
  await withExecutionLock(journalDirectory, async () => {
    await expect(apply(host)).rejects.toThrow(LockedError);
  });
  await writeFile(path.join(journalDirectory, "lock"), JSON.stringify({ pid: process.pid, startTime: "1" }));
  await committed(host);
  await writeFile(path.join(journalDirectory, "lock"), "garbage");
  expect(await apply(host)).toEqual({ outcome: "nothing_to_do" });
  expect((await readdir(journalDirectory)).filter((name) => name.startsWith("lock"))).toEqual([]);
});

it("knows no execution by a name that leads elsewhere", async () => {
  for (const id of ["../../etc/passwd", "20260131-143005-9f3a1c", ""])
    await expect(readJournal(journalDirectory, id)).rejects.toThrow(JournalError);
});

/** A machine with a running SSH daemon; `accepts` is what `sshd -t` thinks of the drop-in's text. */
function anSshServer(accepts: (text: string) => boolean): RecordedMachine {
  const dropInText = (machine: RecordedMachine) => machine.nodes.get(sshdDropIn)?.text ?? "";
  const recording: Recording = {
    files: {
      "/usr/sbin/sshd": "",
      "/etc/ssh/sshd_config": "Include /etc/ssh/sshd_config.d/*.conf\n",
    },
    directories: ["/run/systemd/system", "/etc/ssh/sshd_config.d"],
    commands: {
      "sshd -T": (machine) => ({ stdout: `permitrootlogin ${dropInText(machine).includes("no") ? "no" : "yes"}\n` }),
      "/usr/sbin/sshd -t": (machine) =>
        accepts(dropInText(machine)) ? {} : { exitCode: 255, stderr: "bad configuration option\n" },
      "systemctl is-active --quiet ssh.service": { exitCode: 3 },
      "systemctl is-active --quiet sshd.service": {},
      "systemctl reload sshd.service": {},
    },
  };
  return recordingHost(recording);
}

it("validates before it activates", async () => {
  const host = anSshServer(() => true);
  const id = await committed(host, rootLogin);
  const validated = host.ran.indexOf("/usr/sbin/sshd -t");
  expect(validated).toBeGreaterThan(-1);
  expect(host.ran.indexOf("systemctl reload sshd.service")).toBeGreaterThan(validated);
  expect(await undo(host, id)).toEqual({ outcome: "rolled_back" });
  expect(host.ran.filter((command) => command === "systemctl reload sshd.service")).toHaveLength(2);
});

it("does not activate what sshd does not accept", async () => {
  const host = anSshServer((text) => text === "");
  const before = nodes(host);
  const execution = await apply(host, rootLogin);
  expect(execution).toMatchObject({ outcome: "rolled_back", reason: expect.stringContaining("bad configuration") });
  expect(nodes(host)).toBe(before);
  // Rolling back activates again what sshd accepted before.
  expect(host.ran.filter((command) => command === "systemctl reload sshd.service")).toHaveLength(1);
});
