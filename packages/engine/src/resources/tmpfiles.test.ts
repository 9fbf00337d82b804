import { expect, it } from "vitest";
import { recordingHost } from "../hosts/recording.ts";
import { tmpfiles } from "./tmpfiles.ts";

const target = { path: "/var/log/journal/%m/system.journal" };
const read = (files: Record<string, string>) => tmpfiles.read(recordingHost({ files }), target);
const shipped = `# note\nd /var/log 0755\nz ${target.path} 0640 root systemd-journal - -\n`;

it("takes the first line for the path, of files by name, /etc before /usr/lib", async () => {
  const etc = "/etc/tmpfiles.d/systemd.conf";
  const usr = { "/usr/lib/tmpfiles.d/systemd.conf": shipped };
  expect(await read(usr)).toEqual({
    mode: "0640",
    user: "root",
    group: "systemd-journal",
    source: "/usr/lib/tmpfiles.d/systemd.conf:3",
  });
  expect((await read({ ...usr, [etc]: "" })).source).toBeNull();
  expect((await read({ ...usr, "/etc/tmpfiles.d/00-x.conf": `z "${target.path}/" ~2600\n` })).mode).toBe("2600");
  expect(
    (await read({ "/etc/tmpfiles.d/a.conf": `r ${target.path}\nz ${target.path} - - adm\nz ${target.path} 0666\n` }))
      .mode,
  ).toBeNull();
});

it("judges the mode, if any is set", () => {
  const verdict = (mode: string | null, source: string | null = "x:1") =>
    tmpfiles.judge({ mode, user: null, group: null, source }, { mode_max: "0640" }, target).verdict;
  expect(verdict("0640")).toBe("pass");
  expect(verdict("0600")).toBe("pass");
  expect(verdict("0644")).toBe("fail");
  expect(verdict(null)).toBe("pass");
  expect(verdict(null, null)).toBe("not_applicable");
});
