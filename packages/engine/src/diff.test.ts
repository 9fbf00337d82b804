import fc from "fast-check";
import { expect, it } from "vitest";
import { renderPlan, unifiedDiff } from "./diff.ts";

it("shows three lines around a difference, and far differences apart", () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}\n`);
  const changed = lines.with(4, "five\n").with(24, "twenty-five\n");
  expect(unifiedDiff("a", "a", lines.join(""), changed.join(""))).toEqual([
    ..."--- a|+++ a|@@ -2,7 +2,7 @@| line 2| line 3| line 4|-line 5|+five| line 6| line 7| line 8".split("|"),
    ..."@@ -22,7 +22,7 @@| line 22| line 23| line 24|-line 25|+twenty-five| line 26| line 27| line 28".split("|"),
  ]);
});

it("shows a new file, a missing line end, a mode, an owner and a running value", () => {
  const text = renderPlan({
    checkId: "x",
    activations: [],
    risk: "",
    changes: [
      { type: "write_file", path: "/etc/a", text: "x\n", mode: 0o644, was: null },
      { type: "write_file", path: "/etc/b", text: "y\n", mode: 0o644, was: "y" },
      { type: "set_mode", path: "/etc/shadow", mode: 0o640, was: 0o4644 },
      { type: "set_owner", path: "/etc/shadow", uid: 0, gid: 42, was: { uid: 1, gid: 1 } },
      { type: "set_sysctl", key: "net.ipv4.ip_forward", value: "0", was: "1" },
      { type: "unload_module", name: "cramfs" },
    ],
  });
  expect(text.split("\n")).toEqual([
    ..."--- /dev/null|+++ /etc/a|@@ -0,0 +1,1 @@|+x".split("|"),
    ..."--- /etc/b|+++ /etc/b|@@ -1,1 +1,1 @@|-y|\\ No newline at end of file|+y".split("|"),
    "mode /etc/shadow: 4644 -> 0640",
    "owner /etc/shadow: 1:1 -> 0:42",
    "running net.ipv4.ip_forward: 1 -> 0",
    "module cramfs: loaded -> not loaded",
  ]);
});

it("does not let a file's text reach the terminal as control characters", () => {
  const change = { type: "write_file" as const, path: "/etc/a", text: "\u001b[2Jgone\u202E\n", mode: 0o644, was: null };
  const text = renderPlan({ checkId: "x", activations: [], risk: "", changes: [change] });
  expect(text).toContain("+\\u{1b}[2Jgone\\u{202e}");
});

it("leads from the old text to the new one, for any two texts", () => {
  const someText = fc
    .array(fc.constantFrom("a\n", "b\n", "c\n", "\n"), { maxLength: 30 })
    .map((lines) => lines.join(""));
  fc.assert(
    fc.property(someText, someText, (from, to) => {
      expect(patched(from, unifiedDiff("a", "a", from, to))).toBe(to);
    }),
  );
});

/** As patch(1): checks every kept and removed line against the old text. Only for texts that end in a newline. */
function patched(from: string, diff: readonly string[]): string {
  const old = from.split(/(?<=\n)/).filter((line) => line !== "");
  let at = 0;
  let text = "";
  for (const line of diff.slice(2)) {
    const hunk = /^@@ -(\d+),(\d+) /.exec(line);
    if (hunk) {
      const start = hunk[2] === "0" ? Number(hunk[1]) : Number(hunk[1]) - 1;
      text += old.slice(at, start).join("");
      at = start;
    } else {
      if (line.startsWith("+")) text += `${line.slice(1)}\n`;
      else expect(old[at]).toBe(`${line.slice(1)}\n`);
      if (line.startsWith(" ")) text += old[at];
      if (!line.startsWith("+")) at += 1;
    }
  }
  return text + old.slice(at).join("");
}
