import { expect, it } from "vitest";
import { type Recording, recordingHost } from "../hosts/recording.ts";
import { sharedReads } from "../shared-reads.ts";
import { kernelModule } from "./kernel-module.ts";

const onDisk = {
  "/lib/modules/6.1/modules.dep": "kernel/fs/cramfs/cramfs.ko.xz: kernel/lib/zlib.ko\nkernel/net/usb-storage.ko:\n",
};
const booted = { directories: ["/run/systemd/system"] };
const target = { name: "cramfs" };
const judge = async (recording: Recording, name = "cramfs") => {
  const state = await kernelModule.read(recordingHost(recording), { name });
  return kernelModule.judge(state, { disabled: true }, { name }).verdict;
};

it.each<[string, Recording, string]>([
  ["no kernel has it", { ...booted, files: { "/proc/modules": "" } }, "pass"],
  ["on disk and open", { files: onDisk }, "fail"],
  ["only blacklisted", { files: { ...onDisk, "/etc/modprobe.d/a.conf": "blacklist cramfs" } }, "fail"],
  ["only installed away", { files: { ...onDisk, "/etc/modprobe.d/a.conf": "install cramfs /bin/false" } }, "pass"],
  [
    "both",
    { files: { ...onDisk, "/etc/modprobe.d/a.conf": "install  cramfs\t/bin/false \r\nblacklist cramfs\r\n" } },
    "pass",
  ],
  [
    "both, in two files, with a continuation",
    {
      files: {
        ...onDisk,
        "/etc/modprobe.d/a.conf": "install cramfs \\\n /usr/bin/true",
        "/lib/modprobe.d/b.conf": "blacklist cramfs",
      },
    },
    "pass",
  ],
  [
    "commented out",
    { files: { ...onDisk, "/etc/modprobe.d/a.conf": "#install cramfs /bin/false\n# blacklist cramfs" } },
    "fail",
  ],
  [
    "an install command that loads it",
    { files: { ...onDisk, "/etc/modprobe.d/a.conf": "install cramfs /sbin/modprobe -i cramfs\nblacklist cramfs" } },
    "fail",
  ],
  [
    "the first install command counts",
    {
      files: {
        ...onDisk,
        "/etc/modprobe.d/a.conf": "install cram* /sbin/x",
        "/etc/modprobe.d/b.conf": "install cramfs /bin/true\nblacklist cramfs",
      },
    },
    "fail",
  ],
  [
    "shut but loaded",
    {
      ...booted,
      files: {
        ...onDisk,
        "/proc/modules": "cramfs 1 0 - Live 0x0\n",
        "/etc/modprobe.d/a.conf": "install cramfs /bin/false\nblacklist cramfs",
      },
    },
    "fail",
  ],
  ["another machine's kernel in a chroot", { files: { "/proc/modules": "cramfs 1 0 - Live 0x0\n" } }, "pass"],
  ["built in", { files: { "/lib/modules/6.1/modules.builtin": "kernel/fs/cramfs/cramfs.ko\n" } }, "fail"],
  ["found without modules.dep", { files: { "/lib/modules/6.1/kernel/fs/cramfs/cramfs.ko.zst": "" } }, "fail"],
  ["in /usr/lib alone", { files: { "/usr/lib/modules/6.1/modules.dep": "kernel/cramfs.ko:\n" } }, "fail"],
])("judges: %s", async (_, recording, verdict) => {
  expect(await judge(recording)).toBe(verdict);
});

it("takes - and _ as one", async () => {
  expect(await judge({ files: onDisk }, "usb_storage")).toBe("fail");
  const rules = { "/etc/modprobe.d/a.conf": "install usb_storage /bin/false\nblacklist usb-storage" };
  expect(await judge({ files: { ...onDisk, ...rules } }, "usb-storage")).toBe("pass");
});

it("plans a drop-in that its own reading accepts, and unloads what is loaded", async () => {
  const host = recordingHost({ ...booted, files: { ...onDisk, "/proc/modules": "cramfs 1 0 - Live 0x0\n" } });
  const state = await kernelModule.read(host, target);
  const plan = kernelModule.plan?.(state, { disabled: true }, target);
  expect(plan?.changes.map((change) => change.type)).toEqual(["write_file", "unload_module"]);
  for (const change of plan?.changes ?? []) {
    if (change.type === "write_file") host.put(change.path, change.text);
    if (change.type === "unload_module") await host.unloadModule(change.name);
  }
  // A host remembers what was derived from it; one made anew reads again.
  const after = await kernelModule.read(sharedReads(host), target);
  expect(after).toMatchObject({ loaded: false, install: "/bin/false", denylisted: true });
  expect(kernelModule.plan?.(after, { disabled: true }, target)?.changes).toEqual([]);
});

it("has no plan for what is built in", () => {
  const state = { available: false, builtin: true, install: null, denylisted: false, source: null, dropIn: null };
  expect(kernelModule.plan?.(state, { disabled: true }, target)).toBeNull();
});

it("has no plan over an install command that comes first anyway", () => {
  const state = { available: true, builtin: false, install: "/sbin/x", denylisted: false, dropIn: null };
  const plan = (source: string) => kernelModule.plan?.({ ...state, source }, { disabled: true }, target);
  expect(plan("/etc/modprobe.d/00-a.conf:1")).toBeNull();
  expect(plan("/etc/modprobe.d/a.conf:1")?.changes).toHaveLength(1);
});
