import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Json } from "@holdfast/contracts/json";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { collectFacts } from "./collect.ts";
import { applyCheck, readCheck } from "./execute.ts";
import { factRequestsOfChecks } from "./fact-requests.ts";
import { factSetDigest } from "./fact-set.ts";
import { type RecordedMachine, type Recording, recordingHost } from "./hosts/recording.ts";
import { resources } from "./registry.ts";
import { rollBack } from "./roll-back.ts";
import { aCheck, anExpectation, aPack } from "./test/a-check.ts";

/** A failing expectation and the machine it fails on. Every kind with a plan has at least one. */
interface Example {
  readonly kind: string;
  readonly about: string;
  readonly target: Json;
  readonly desired: Json;
  readonly machine: Recording;
}

const accounts = {
  "/etc/passwd": "root:x:0:0::/root:/bin/sh\njo:x:1000:1000::/:/bin/sh\n",
  "/etc/group": "root:x:0:\n",
};
const withModule = {
  "/proc/modules": "cramfs 16384 0 - Live 0x0\n",
  "/lib/modules/6.1/modules.dep": "kernel/fs/cramfs/cramfs.ko:\n",
  "/lib/modules/6.1/kernel/fs/cramfs/cramfs.ko": "",
};

const examples: readonly Example[] = [
  {
    kind: "sysctl",
    about: "running and at boot",
    target: { key: "net.ipv4.ip_forward" },
    desired: { equals: "0" },
    machine: { files: { "/proc/sys/net/ipv4/ip_forward": "1\n", "/etc/sysctl.d/10.conf": "net.ipv4.ip_forward=1\n" } },
  },
  {
    kind: "sysctl",
    about: "on disk, over a drop-in of ours that says otherwise",
    target: { key: "kernel.kptr_restrict" },
    desired: { at_least: 1 },
    machine: {
      live: false,
      files: { "/etc/sysctl.d/99-zz-holdfast-kernel.kptr_restrict.conf": { text: "# edited\n", mode: 0o600, uid: 3 } },
    },
  },
  {
    kind: "kernel_module",
    about: "loaded and loadable",
    target: { name: "cramfs" },
    desired: { disabled: true },
    machine: { files: withModule, directories: ["/etc/modprobe.d", "/run/systemd/system"] },
  },
  {
    kind: "kernel_module",
    about: "loadable, on disk",
    target: { name: "cramfs" },
    desired: { disabled: true },
    machine: { live: false, files: { ...withModule, "/etc/modprobe.d/x.conf": "blacklist cramfs\n" } },
  },
  {
    kind: "sshd_setting",
    about: "a value, on disk",
    target: { key: "permitrootlogin" },
    desired: { equals: "no" },
    machine: {
      live: false,
      files: {
        "/etc/ssh/sshd_config": "Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin yes\n",
        "/etc/ssh/sshd_config.d/50-cloud.conf": "PasswordAuthentication no\n",
      },
    },
  },
  {
    kind: "sshd_setting",
    about: "a list without the weak ones, on disk",
    target: { key: "ciphers" },
    desired: { contains_none: ["3des-cbc"] },
    machine: {
      live: false,
      directories: ["/etc/ssh/sshd_config.d"],
      files: { "/etc/ssh/sshd_config": "Include /etc/ssh/sshd_config.d/*.conf\nCiphers aes256-ctr,3des-cbc\n" },
    },
  },
  {
    kind: "file",
    about: "mode, owner and group",
    target: { path: "/etc/crontab" },
    desired: { mode_max: "0600", owner: ["root"], group: ["root"] },
    machine: { files: { ...accounts, "/etc/crontab": { text: "# jobs\n", mode: 0o4664, uid: 1000, gid: 1000 } } },
  },
  {
    kind: "audit_log_files",
    about: "logs where auditd.conf puts them",
    target: { what: "files" },
    desired: { mode_max: "0640", owner: ["root"] },
    machine: {
      files: {
        ...accounts,
        "/etc/audit/auditd.conf": "log_file = /data/audit/own.log\n",
        "/data/audit/own.log": { text: "", mode: 0o644, uid: 0, gid: 0 },
        "/data/audit/own.log.1": { text: "", mode: 0o400, uid: 1000, gid: 0 },
      },
    },
  },
];

let home = "";
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), "holdfast-contract-"));
});
afterEach(() => rm(home, { recursive: true }));

it("has an example of every kind with a plan", () => {
  const planned = resources.filter((resource) => resource.plan !== undefined).map((resource) => resource.kind);
  expect([...new Set(examples.map((example) => example.kind))].sort()).toEqual(planned.sort());
});

describe.each(examples)("$kind: $about", ({ kind, target, desired, machine }) => {
  const prepare = () => {
    const host = recordingHost(machine);
    const check = aCheck(anExpectation(kind, target, desired));
    const options = { host, root: "/", journalDirectory: path.join(home, "journal"), pack: aPack(check) };
    return { host, check, options };
  };
  const digest = async ({ host, check, options }: ReturnType<typeof prepare>): Promise<string> =>
    factSetDigest((await collectFacts(host, factRequestsOfChecks(options.pack, [check.id]))).facts);
  const picture = (host: RecordedMachine): string => JSON.stringify([...host.nodes].sort());

  it("passes after apply, and has nothing left to plan; rolled back, it reads as before", async () => {
    const prepared = prepare();
    const { host, check, options } = prepared;
    const [factsBefore, before] = [await digest(prepared), picture(host)];
    expect((await readCheck(options, check)).result.verdict).toBe("fail");

    const execution = await applyCheck(options, check);
    if (execution.outcome !== "committed") throw new Error(JSON.stringify(execution));
    const after = await readCheck(options, check);
    expect(after.result.verdict).toBe("pass");
    expect(after.plan).toMatchObject({ changes: [] });

    const applied = picture(host);
    expect(await applyCheck(options, check)).toEqual({ outcome: "nothing_to_do" });
    expect(picture(host)).toBe(applied);

    const back = { host, journalDirectory: options.journalDirectory, id: execution.id };
    expect(await rollBack(back)).toEqual({ outcome: "rolled_back" });
    expect(await digest(prepared)).toBe(factsBefore);
    expect(picture(host)).toBe(before);
    expect(await rollBack(back)).toEqual({ outcome: "already_rolled_back" });
    expect(picture(host)).toBe(before);
  });
});
