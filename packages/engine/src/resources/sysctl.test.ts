import { expect, it } from "vitest";
import { UnreadableError } from "../host.ts";
import { type Recording, recordingHost } from "../hosts/recording.ts";
import { sysctl } from "./sysctl.ts";

const key = "net.ipv4.conf.all.rp_filter";
const onDisk = async (files: Recording["files"], of = key) => {
  const { onBoot, source } = await sysctl.read(recordingHost({ live: false, ...(files ? { files } : {}) }), {
    key: of,
  });
  return [onBoot, source];
};

it.each<[string, Recording["files"], string | null, string | null]>([
  ["no file", {}, null, null],
  [
    "a later file wins",
    { "/etc/sysctl.d/10.conf": `${key}=1`, "/usr/lib/sysctl.d/90.conf": `${key}=2` },
    "2",
    "/usr/lib/sysctl.d/90.conf:1",
  ],
  [
    "a file of the same name in /etc hides the other",
    { "/etc/sysctl.d/90.conf": "", "/usr/lib/sysctl.d/90.conf": `${key}=2` },
    null,
    null,
  ],
  [
    "the last line wins; comments, CRLF",
    { "/etc/sysctl.d/a.conf": `# ${key}=9\r\n;${key}=9\r\n${key} = 2\r\n ${key}=1\r\n` },
    "1",
    "/etc/sysctl.d/a.conf:4",
  ],
  [
    "slashes as separators",
    { "/etc/sysctl.d/a.conf": "net/ipv4/conf/all/rp_filter = 1" },
    "1",
    "/etc/sysctl.d/a.conf:1",
  ],
  ["a tolerant assignment", { "/etc/sysctl.d/a.conf": `-${key}=1` }, "1", "/etc/sysctl.d/a.conf:1"],
  ["a pattern", { "/etc/sysctl.d/a.conf": "net.ipv4.conf.*.rp_filter = 2" }, "2", "/etc/sysctl.d/a.conf:1"],
  [
    "an explicit key beats a later pattern",
    { "/etc/sysctl.d/a.conf": `${key}=1\nnet.ipv4.conf.*.rp_filter = 2` },
    "1",
    "/etc/sysctl.d/a.conf:1",
  ],
  ["an exclusion keeps patterns off", { "/etc/sysctl.d/a.conf": `net.ipv4.conf.*.rp_filter = 2\n-${key}` }, null, null],
  ["a star stays in its component", { "/etc/sysctl.d/a.conf": "net.*.rp_filter = 2" }, null, null],
  [
    "the main file through its link",
    {
      "/etc/sysctl.conf": `${key}=1`,
      "/etc/sysctl.d/99-sysctl.conf": { linkTo: "../sysctl.conf" },
      "/etc/sysctl.d/99-zz.conf": `${key}=2`,
    },
    "2",
    "/etc/sysctl.d/99-zz.conf:1",
  ],
  [
    "the main file not at all without a link, where systemd sets the values",
    {
      "/etc/sysctl.conf": `${key}=1`,
      "/etc/sysctl.d/99-zz.conf": `${key}=2`,
      "/usr/lib/systemd/systemd-sysctl": { text: "", mode: 0o755 },
    },
    "2",
    "/etc/sysctl.d/99-zz.conf:1",
  ],
  [
    "a main file that nothing reads",
    { "/etc/sysctl.conf": `${key}=1`, "/usr/lib/systemd/systemd-sysctl": { text: "", mode: 0o755 } },
    null,
    null,
  ],
  [
    "the main file last without a link or systemd",
    { "/etc/sysctl.conf": `${key}=1`, "/etc/sysctl.d/99-zz.conf": `${key}=2` },
    "1",
    "/etc/sysctl.conf:1",
  ],
  ["a line without a value", { "/etc/sysctl.d/a.conf": key }, null, null],
  [
    "a masked file",
    { "/etc/sysctl.d/a.conf": { linkTo: "/dev/null" }, "/usr/lib/sysctl.d/a.conf": `${key}=1` },
    null,
    null,
  ],
  [
    "ufw's file when enabled",
    {
      "/etc/sysctl.d/a.conf": `${key}=1`,
      "/etc/ufw/ufw.conf": "ENABLED=yes\n",
      "/etc/default/ufw": 'IPT_SYSCTL="/etc/ufw/sysctl.conf"\n',
      "/etc/ufw/sysctl.conf": "net/ipv4/conf/all/rp_filter=0\n",
    },
    "0",
    "/etc/ufw/sysctl.conf:1",
  ],
  [
    "not when disabled",
    {
      "/etc/sysctl.d/a.conf": `${key}=1`,
      "/etc/ufw/ufw.conf": "ENABLED=no\n",
      "/etc/default/ufw": "IPT_SYSCTL=/etc/ufw/sysctl.conf\n",
      "/etc/ufw/sysctl.conf": "net/ipv4/conf/all/rp_filter=0\n",
    },
    "1",
    "/etc/sysctl.d/a.conf:1",
  ],
])("finds the value at boot: %s", async (_, files, onBoot, source) => {
  expect(await onDisk(files)).toEqual([onBoot, source]);
});

it("folds white space, so that running and written values compare", async () => {
  const host = recordingHost({
    files: {
      "/proc/sys/net/ipv4/tcp_rmem": "4096\t131072\t6291456\n",
      "/etc/sysctl.d/a.conf": "net.ipv4.tcp_rmem = 4096  131072 6291456\n",
    },
  });
  expect(await sysctl.read(host, { key: "net.ipv4.tcp_rmem" })).toMatchObject({
    running: "4096 131072 6291456",
    onBoot: "4096 131072 6291456",
  });
});

it("gives no running value where there is no /proc, and null where the kernel has no such parameter", async () => {
  expect(await sysctl.read(recordingHost(), { key })).not.toHaveProperty("running");
  const host = recordingHost({ directories: ["/proc/sys"] });
  expect(await sysctl.read(host, { key })).toMatchObject({ running: null });
});

it("does not judge over a file it cannot read", async () => {
  const denied = new UnreadableError("needs_root", "needs root: cannot read /etc/sysctl.d/a.conf");
  const host = recordingHost({ files: { "/etc/sysctl.d/a.conf": "" }, unreadable: { "/etc/sysctl.d/a.conf": denied } });
  await expect(sysctl.read(host, { key })).rejects.toBe(denied);
});

it("plans the drop-in and the running value, and nothing once both are right", () => {
  const state = { running: "0", onBoot: null, source: null, dropIn: null };
  expect(sysctl.plan?.(state, { equals: "1" }, { key })?.changes.map((change) => change.type)).toEqual([
    "write_file",
    "set_sysctl",
  ]);
  expect(sysctl.plan?.({ ...state, running: "1", onBoot: "1" }, { equals: "1" }, { key })?.changes).toEqual([]);
});

it("has no plan where a drop-in would not count", () => {
  const plan = (source: string) =>
    sysctl.plan?.({ running: "1", onBoot: "0", source, dropIn: null }, { equals: "1" }, { key });
  expect(plan("/etc/ufw/sysctl.conf:3")).toBeNull();
  expect(plan("/etc/sysctl.conf:3")).toBeNull();
  expect(plan("/etc/sysctl.d/zz.conf:3")).toBeNull();
  expect(plan("/usr/lib/sysctl.d/99-sysctl.conf:3")?.changes).toHaveLength(1);
});
