import { expect, it } from "vitest";
import { recordingHost } from "../hosts/recording.ts";
import { limits } from "./limits.ts";

const main = "/etc/security/limits.conf";
const target = { domain: "*", type: "hard", item: "core" } as const;

it.each([
  ["nothing set", {}, null],
  ["a line", { [main]: "* hard core 0\n" }, "0"],
  ["a comment", { [main]: "#* hard core 0\n" }, null],
  ["a comment behind it, tabs, CRLF", { [main]: "*\thard\tcore\t0 # never\r\n" }, "0"],
  ["both types at once", { [main]: "* - core 0\n" }, "0"],
  ["the other type", { [main]: "* soft core 0\n" }, null],
  ["another domain", { [main]: "root hard core 0\n" }, null],
  ["case of type and item", { [main]: "* HARD Core 0\n" }, "0"],
  ["the last line wins", { [main]: "* hard core 0\n* hard core 5\n" }, "5"],
  ["infinity", { [main]: "* hard core -1\n" }, "unlimited"],
  ["a missing value", { [main]: "* hard core\n" }, null],
  [
    "limits.d after limits.conf",
    { [main]: "* hard core 5\n", "/etc/security/limits.d/a.conf": "* hard core 0\n" },
    "0",
  ],
  [
    "limits.d by name",
    { "/etc/security/limits.d/b.conf": "* hard core 1\n", "/etc/security/limits.d/a.conf": "* hard core 2\n" },
    "1",
  ],
  ["a file without .conf", { "/etc/security/limits.d/a": "* hard core 0\n" }, null],
])("reads limits: %s", async (_name, files, value) => {
  expect(await limits.read(recordingHost({ files }), target)).toMatchObject({ value });
});

it("judges and names itself", async () => {
  const state = await limits.read(recordingHost({ files: { [main]: "* hard core 0\n" } }), target);
  expect(limits.judge(state, { equals: 0 }, target)).toMatchObject({ verdict: "pass", source: `${main}:1` });
  expect(limits.address(target)).toBe("limits:*:hard:core");
});
