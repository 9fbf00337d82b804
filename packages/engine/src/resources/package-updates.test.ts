import { expect, it } from "vitest";
import { type Recording, recordingHost } from "../hosts/recording.ts";
import { packageUpdates } from "./package-updates.ts";

const read = (recording: Recording) => packageUpdates.read(recordingHost(recording), {});
const apt =
  "apt-get --simulate -o Debug::NoLocking=true -o APT::Cmd::Disable-Script-Warning=true --with-new-pkgs upgrade";
const dpkg = { "/var/lib/dpkg/status": "Package: dash\nStatus: install ok installed\nVersion: 1\n" };
const lists = { "/var/lib/apt/lists/x_main_binary-amd64_Packages.lz4": "" };

it("counts what apt would install", async () => {
  const stdout =
    "Reading package lists...\nInst openssl [3.0.11-1] (3.0.15-1 Debian-Security:12/stable-security [amd64])\nInst bash [5] (6 x)\nConf bash (6 x)\n";
  expect(await read({ files: { ...dpkg, ...lists }, commands: { [apt]: { stdout } } })).toEqual({
    manager: "apt",
    count: 2,
    pending: ["bash", "openssl"],
  });
});

it("does not guess without lists, or when apt fails", async () => {
  await expect(read({ files: dpkg })).rejects.toThrow("run apt update");
  const failing = { [apt]: { exitCode: 100, stderr: "E: broken" } };
  await expect(read({ files: { ...dpkg, ...lists }, commands: failing })).rejects.toThrow("E: broken");
});

it("reads dnf's list", async () => {
  const dnf = "dnf --cacheonly --quiet --color=never check-update";
  const rpm = "rpm -qa --qf %{NAME}\\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\\n";
  const machine = (result: { exitCode: number; stdout?: string }): Recording => ({
    directories: ["/var/lib/rpm"],
    commands: { [rpm]: { stdout: "bash\t5.1-1\n" }, [dnf]: result },
  });
  const stdout =
    "\nkernel.x86_64    5.14.0-1.el9   baseos\nbash.x86_64 5.2-1 baseos\nObsoleting Packages\nold.noarch 1 x\n";
  expect((await read(machine({ exitCode: 100, stdout }))).pending).toEqual(["bash", "kernel"]);
  expect((await read(machine({ exitCode: 0 }))).count).toBe(0);
  await expect(read(machine({ exitCode: 1 }))).rejects.toThrow("dnf check-update failed");
});

it("allows as many as asked", () => {
  const judge = (count: number, max = 0) =>
    packageUpdates.judge({ manager: "apt", count, pending: ["x"] }, { pending_max: max }, {}).verdict;
  expect(judge(0)).toBe("pass");
  expect(judge(1)).toBe("fail");
  expect(judge(1, 1)).toBe("pass");
});
