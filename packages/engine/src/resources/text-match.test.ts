import { expect, it } from "vitest";
import { recordingHost } from "../hosts/recording.ts";
import { textMatch } from "./text-match.ts";

const host = recordingHost({
  files: {
    "/etc/shells": "# nologin is not a shell\r\n/bin/sh\r\n/usr/sbin/nologin\r\n",
    "/etc/profile.d/a.sh": "umask 022\n",
    "/etc/profile.d/b.sh": "umask 027\n",
    "/etc/profile.d/directory/c.sh": "umask 000\n",
    "/boot/grub/user.cfg":
      "GRUB2_PASSWORD=grub.pbkdf2.sha512.10000.ABCDEF\npassword_pbkdf2 root grub.pbkdf2.sha512.1.2\n",
    "/run/pipe": { type: "fifo" },
  },
});

it("gives the lines and the files", async () => {
  expect(await textMatch.read(host, { path: "/etc/shells", pattern: "^[^#]*/nologin$" })).toEqual({
    matches: [{ path: "/etc/shells", line: 3, text: "/usr/sbin/nologin" }],
    files: ["/etc/shells"],
  });
  expect(await textMatch.read(host, { path: "/etc/profile.d/*", pattern: "027" })).toEqual({
    matches: [{ path: "/etc/profile.d/b.sh", line: 1, text: "umask 027" }],
    files: ["/etc/profile.d/a.sh", "/etc/profile.d/b.sh"],
  });
});

it("keeps password hashes on the machine", async () => {
  const { matches } = await textMatch.read(host, { path: "/boot/grub/user.cfg", pattern: "pbkdf2" });
  expect(matches).toHaveLength(2);
  expect(JSON.stringify(matches)).not.toMatch(/ABCDEF|sha512/);
});

it("does not take a FIFO for a file without the line", async () => {
  await expect(textMatch.read(host, { path: "/run/pipe", pattern: "x" })).rejects.toMatchObject({ code: "unreadable" });
});

it("judges found and not found, also without a file", async () => {
  const verdict = async (path: string, found: boolean) => {
    const target = { path, pattern: "nologin$" };
    return textMatch.judge(await textMatch.read(host, target), { found }, target).verdict;
  };
  expect(await verdict("/etc/shells", true)).toBe("pass");
  expect(await verdict("/etc/shells", false)).toBe("fail");
  expect(await verdict("/etc/none", true)).toBe("fail");
  expect(await verdict("/etc/none", false)).toBe("pass");
});
