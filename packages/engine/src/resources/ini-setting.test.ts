import { describe, expect, it } from "vitest";
import { UnreadableError } from "../host.ts";
import { type Recording, recordingHost } from "../hosts/recording.ts";
import { iniSetting } from "./ini-setting.ts";

const path = "/etc/systemd/journald.conf";
const journal = (key: string) => ({ path, section: "Journal", key });
const read = (key: string, files: NonNullable<Recording["files"]>) =>
  iniSetting.read(recordingHost({ live: false, files }), journal(key));

describe("a key of systemd", () => {
  it.each([
    ["its built-in default", "", "Compress", "yes"],
    ["a boolean in any spelling", "[Journal]\nCompress = TRUE\n", "Compress", "yes"],
    ["a size to compress from", "[Journal]\nCompress=4K\n", "Compress", "yes"],
    ["a quoted boolean is passed over", '[Journal]\nForwardToWall="no"\n', "ForwardToWall", "yes"],
    ["what is not understood leaves the value before", "[Journal]\nSeal=no\nSeal=maybe\n", "Seal", "no"],
    ["a word that is none of those allowed", "[Journal]\nStorage=Persistent\n", "Storage", "auto"],
    ["a word that is", "[Journal]\nStorage=persistent\n", "Storage", "persistent"],
    ["comments", "[Journal]\n#Storage=none\n  ;Storage=none\n", "Storage", "auto"],
    ["another section", "[Other]\nStorage=none\n", "Storage", "auto"],
    ["no section", "Storage=none\n", "Storage", "auto"],
    ["another case of the key", "[Journal]\nstorage=none\n", "Storage", "auto"],
    ["CRLF and blanks", " [Journal] \r\n Storage = none \r\n", "Storage", "none"],
    ["the last one wins", "[Journal]\nStorage=none\n[Journal]\nStorage=volatile\n", "Storage", "volatile"],
    ["an empty one goes back to the default", "[Journal]\nStorage=none\nStorage=\n", "Storage", "auto"],
    ["no value by default", "[Journal]\n", "SystemMaxUse", null],
    ["a continued line", "[Journal]\nSystemMaxUse=\\\n# why\n  1G\n", "SystemMaxUse", "1G"],
  ])("%s", async (_name, text, key, value) => {
    expect((await read(key, { [path]: text })).value).toBe(value);
  });

  it("reads drop-ins after the main file, by basename, the directory of the administrator first", async () => {
    const files = {
      [path]: "[Journal]\nStorage=none\n",
      "/usr/lib/systemd/journald.conf.d/50-a.conf": "[Journal]\nStorage=auto\n",
      "/run/systemd/journald.conf.d/60-b.conf": "[Journal]\nStorage=persistent\n",
      "/etc/systemd/journald.conf.d/50-a.conf": "[Journal]\nStorage=volatile\n",
    };
    expect(await read("Storage", files)).toEqual({
      value: "persistent",
      source: "/run/systemd/journald.conf.d/60-b.conf:2",
    });
    const { "/run/systemd/journald.conf.d/60-b.conf": _, ...others } = files;
    expect((await read("Storage", others)).value).toBe("volatile");
    const masked = { ...others, "/etc/systemd/journald.conf.d/50-a.conf": { linkTo: "/dev/null" } };
    expect((await read("Storage", masked)).value).toBe("none");
  });

  it("reads the shipped file where there is none in /etc", async () => {
    const files = { "/usr/lib/systemd/journald.conf": "[Journal]\nStorage=none\n" };
    expect((await read("Storage", files)).value).toBe("none");
    expect((await read("Storage", { ...files, [path]: "" })).value).toBe("auto");
  });

  it("knows that Debian forwards to syslog and others do not", async () => {
    const at = (osRelease: string) => iniSetting.read(recordingHost({ osRelease }), journal("ForwardToSyslog"));
    expect(await at("ID=debian\nVERSION_ID=12\n")).toEqual({ value: "yes", source: "built-in default" });
    expect(await at('ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n')).toMatchObject({ value: "yes" });
    expect(await at('ID="rhel"\nID_LIKE="fedora"\nVERSION_ID="9.4"\n')).toMatchObject({ value: "no" });
  });

  it("adds lists up, and clears them", async () => {
    const timesync = (text: string) =>
      iniSetting.read(recordingHost({ files: { "/etc/systemd/timesyncd.conf": text } }), {
        path: "/etc/systemd/timesyncd.conf",
        section: "Time",
        key: "NTP",
      });
    expect((await timesync("[Time]\nNTP=a b\nNTP=c\n")).value).toBe("a b c");
    expect((await timesync("[Time]\nNTP=a\nNTP=\n")).value).toBeNull();
  });

  it("is not enough by default where it is to be written down", async () => {
    const verdict = async (text: string, explicit: boolean) =>
      iniSetting.judge(await read("Compress", { [path]: text }), { equals: "yes", explicit }, journal("Compress"));
    expect(await verdict("", false)).toMatchObject({ verdict: "pass" });
    expect(await verdict("", true)).toMatchObject({
      verdict: "fail",
      actual: "Compress is not set; yes is the default",
    });
    expect(await verdict("[Journal]\nCompress=yes\n", true)).toMatchObject({ verdict: "pass" });
  });

  it("passes on that a file cannot be read", async () => {
    const error = new UnreadableError("unreadable", `not a regular file: ${path}`);
    const host = recordingHost({ files: { [path]: "" }, unreadable: { [path]: error } });
    await expect(iniSetting.read(host, journal("Storage"))).rejects.toBe(error);
  });

  it("is quick on a hostile file", async () => {
    expect((await read("Storage", { [path]: `[Journal]\n${"x\\\n".repeat(300_000)}` })).value).toBe("auto");
  });
});

describe("a key of another program", () => {
  const gdm = (text: string) =>
    iniSetting.read(recordingHost({ files: { "/etc/gdm3/custom.conf": text } }), {
      path: "/etc/gdm3/custom.conf",
      section: "xdmcp",
      key: "Enable",
    });

  it.each([
    ["absent", "[daemon]\nEnable=true\n", null],
    ["as it stands", "[xdmcp]\nEnable = true\n", "true"],
    ["the last one wins", "[xdmcp]\nEnable=true\nEnable=false\n", "false"],
    ["a key without a value", "[xdmcp]\nEnable\n", ""],
    ["no continued lines", "[xdmcp]\nEnable=true\\\n", "true\\"],
  ])("%s", async (_name, text, value) => {
    expect((await gdm(text)).value).toBe(value);
  });

  it("may stand before the first section", async () => {
    const host = recordingHost({ files: { "/etc/security/pwhistory.conf": "remember = 24\n" } });
    const target = { path: "/etc/security/pwhistory.conf", section: "", key: "remember" };
    expect(await iniSetting.read(host, target)).toEqual({ value: "24", source: "/etc/security/pwhistory.conf:1" });
    expect(iniSetting.address(target)).toBe("ini_setting:/etc/security/pwhistory.conf::remember");
  });
});
