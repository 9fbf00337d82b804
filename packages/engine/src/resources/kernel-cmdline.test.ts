import { expect, it } from "vitest";
import { UnreadableError } from "../host.ts";
import { type Recording, recordingHost } from "../hosts/recording.ts";
import { findArgument } from "./boot-entries.ts";
import { kernelCmdline } from "./kernel-cmdline.ts";

const read = (recording: Recording) => kernelCmdline.read(recordingHost(recording), { argument: "audit" });
const grub =
  "menuentry 'a' {\n\tlinux\t/boot/vmlinuz root=/dev/sda1 ro audit=1\n}\n  linux16 /boot/memtest86+.bin\n#\tlinux /x audit=0\n\tlinuxefi /vmlinuz-old ro\n";

it.each([
  ["ro audit=0 audit=1", "1"],
  ["ro xaudit=1 audit_backlog_limit=8192", null],
  ["audit", ""],
  ['dyndbg="file a audit=0" quiet', null],
  ["quiet -- audit=1", null],
  ['audit="1"', "1"],
])("finds audit in %s: %s", (commandLine, value) => {
  expect(findArgument(commandLine, "audit")).toBe(value);
});

it("reads every Linux entry of grub.cfg", async () => {
  expect(await read({ live: false, files: { "/boot/grub/grub.cfg": grub } })).toEqual({
    entries: [
      { source: "/boot/grub/grub.cfg:2", value: "1" },
      { source: "/boot/grub/grub.cfg:6", value: null },
    ],
  });
});

it("reads loader entries with GRUB's variables", async () => {
  const files = {
    "/boot/loader/entries/a.conf": "title a\nlinux /vmlinuz\noptions $kernelopts $tuned_params\n",
    "/boot/loader/entries/b.conf": "title b\nlinux /vmlinuz\n",
    "/boot/loader/entries/memory-test.conf": "title c\nefi /memtest.efi\n",
    "/boot/grub2/grubenv": "# GRUB Environment Block\nkernelopts=root=/dev/sda1 audit=1\n####",
  };
  expect((await read({ files })).entries).toEqual([
    { source: "/boot/loader/entries/a.conf:3", value: "1" },
    { source: "/boot/loader/entries/b.conf:1", value: null },
  ]);
});

it("adds the running kernel's where this machine is booted", async () => {
  const files = { "/boot/grub/grub.cfg": grub, "/proc/cmdline": "audit=0\n" };
  expect((await read({ files, directories: ["/run/systemd/system"] })).running).toBe("0");
  expect(await read({ files })).not.toHaveProperty("running");
});

it("does not guess without entries, or over a file it cannot read", async () => {
  await expect(read({})).rejects.toThrow("no boot entries found");
  const denied = new UnreadableError("needs_root", "needs root: cannot read /boot/grub/grub.cfg");
  const hidden = { files: { "/boot/grub/grub.cfg": "" }, unreadable: { "/boot/grub/grub.cfg": denied } };
  await expect(read(hidden)).rejects.toBe(denied);
});

it("wants every entry and the running kernel right", () => {
  const verdict = (running: string | null | undefined, ...values: (string | null)[]) =>
    kernelCmdline.judge(
      { entries: values.map((value) => ({ source: "x", value })), ...(running === undefined ? {} : { running }) },
      { equals: 1 },
      { argument: "audit" },
    ).verdict;
  expect(verdict(undefined, "1", "1")).toBe("pass");
  expect(verdict(undefined, "1", null)).toBe("fail");
  expect(verdict("1", "1")).toBe("pass");
  expect(verdict("0", "1")).toBe("fail");
});

it("takes Red Hat's kernelopts from the environment block, else from the menu", async () => {
  const entry = { "/boot/loader/entries/a.conf": "title A\nlinux /vmlinuz\noptions $kernelopts quiet\n" };
  const menu = { "/boot/grub2/grub.cfg": '  set kernelopts="root=/dev/sda1 audit=0 "\n' };
  const values = async (files: Record<string, string>) =>
    (await read({ files: { ...entry, ...files } })).entries.map(({ value }) => value);
  expect(await values({})).toEqual([null]);
  expect(await values(menu)).toEqual(["0"]);
  expect(await values({ ...menu, "/boot/efi/EFI/rocky/grubenv": "kernelopts=root=x audit=1\n" })).toEqual(["1"]);
  expect(await values({ ...menu, "/boot/grub2/grubenv": "kernelopts=root=x audit=1 audit=2\n" })).toEqual(["2"]);
});
