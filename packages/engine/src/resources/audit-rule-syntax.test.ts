import { describe, expect, it } from "vitest";
import { coverageOf, silencesEverything } from "./audit-rule-coverage.ts";
import { type AuditRule, optionsOfLine, parseAuditRule } from "./audit-rule-syntax.ts";

function rule(line: string): AuditRule {
  const parsed = parseAuditRule(line);
  if (parsed === null) throw new Error(`not a rule: ${line}`);
  return parsed;
}

describe("two spellings of one rule", () => {
  it.each([
    ["a key", "-w /etc/sudoers -p wa -k scope", "-w /etc/sudoers -p wa"],
    [
      "a key as a field",
      "-a always,exit -F path=/x -F perm=x -F key=k",
      "-a always,exit -F path=/x -F perm=x -k other",
    ],
    ["the order of permissions", "-w /etc/sudoers -p aw", "-w /etc/sudoers -p wa"],
    ["a trailing slash", "-w /etc/sudoers.d/ -p wa", "-w /etc/sudoers.d -p wa"],
    ["doubled slashes", "-w //etc//sudoers -p wa", "-w /etc/sudoers -p wa"],
    ["/var/run", "-w /var/run/utmp -p wa", "-w /run/utmp -p wa"],
    ["/var/lock", "-w /var/lock/x -p wa", "-w /run/lock/x -p wa"],
    ["/bin", "-a always,exit -F path=/bin/su -F perm=x", "-a always,exit -F path=/usr/bin/su -F perm=x"],
    ["/sbin", "-w /sbin/insmod -p x", "-w /usr/sbin/insmod -p x"],
    ["action and list", "-a exit,always -F arch=b64 -S open", "-a always,exit -F arch=b64 -S open"],
    ["-A and -a", "-A always,exit -F arch=b64 -S open", "-a always,exit -F arch=b64 -S open"],
    ["lists of calls", "-a always,exit -F arch=b64 -S b,a", "-a always,exit -F arch=b64 -S a -S b"],
    ["-S all and none", "-a always,exit -S all -F path=/x -F perm=x", "-a always,exit -F path=/x -F perm=x"],
    ["field order", "-a always,exit -F auid>=1000 -F arch=b64 -S x", "-a always,exit -F arch=b64 -S x -F auid>=1000"],
    ["unset as -1", "-a always,exit -S x -F auid!=-1", "-a always,exit -S x -F auid!=unset"],
    ["unset as a number", "-a always,exit -S x -F auid!=4294967295", "-a always,exit -S x -F auid!=unset"],
    ["loginuid", "-a always,exit -S x -F loginuid>=1000", "-a always,exit -S x -F auid>=1000"],
    ["more than 999", "-a always,exit -S x -F auid>999", "-a always,exit -S x -F auid>=1000"],
    ["root", "-a always,exit -S x -F uid=root", "-a always,exit -S x -F uid=0"],
    ["exit codes", "-a always,exit -S x -F exit=-EACCES", "-a always,exit -S x -F exit=-13"],
    ["exit codes", "-a always,exit -S x -F exit=-EPERM", "-a always,exit -S x -F exit=-1"],
    ["the last exit code known", "-a always,exit -S x -F exit=-ELOOP", "-a always,exit -S x -F exit=-40"],
    ["success", "-a always,exit -S x -F success=no", "-a always,exit -S x -F success=0"],
    ["hexadecimal arguments", "-a always,exit -S x -F a0=0x0", "-a always,exit -S x -F a0=0"],
    ["octal arguments", "-a always,exit -S x -F a1&03", "-a always,exit -S x -F a1&3"],
    ["octal arguments", "-a always,exit -S x -F a2=0100", "-a always,exit -S x -F a2=64"],
    ["machine names", "-a always,exit -F arch=x86_64 -S x", "-a always,exit -F arch=b64 -S x"],
    ["machine names", "-a always,exit -F arch=i386 -S x", "-a always,exit -F arch=b32 -S x"],
    ["which id stands first", "-a always,exit -C euid!=uid -S x", "-a always,exit -C uid!=euid -S x"],
    ["a field twice", "-a always,exit -S x -F auid!=-1 -F auid!=unset", "-a always,exit -S x -F auid!=unset"],
    ["glued options", "-aalways,exit -Farch=b64 -Sopen -kx", "-a always,exit -F arch=b64 -S open"],
    ["leading space", "   -w /etc/passwd -p wa", "-w /etc/passwd -p wa"],
    ["quotes", '-w "/etc/passwd" -p wa', "-w /etc/passwd -p wa"],
    ["a key with a space", "-w /etc/passwd -p wa -k 'a b'", "-w /etc/passwd -p wa"],
    ["no -p", "-w /etc/passwd", "-w /etc/passwd -p rwxa"],
  ])("%s: %s is %s", (_, one, other) => {
    expect(rule(one)).toEqual(rule(other));
  });
});

describe("rules that differ", () => {
  it.each([
    ["-a always,exit -F arch=b64 -S x", "-a always,exit -F arch=b32 -S x"],
    ["-a always,exit -F arch=b64 -S x", "-a never,exit -F arch=b64 -S x"],
    ["-a always,exit -F arch=b64 -S x", "-a always,user -F arch=b64 -S x"],
    ["-a always,exit -S x -F auid>=1000", "-a always,exit -S x -F auid>=500"],
    ["-a always,exit -S x -F auid!=unset", "-a always,exit -S x -F auid=unset"],
    ["-a always,exit -S x -F exit=-EACCES", "-a always,exit -S x -F exit=-EPERM"],
    ["-a always,exit -S x -F a1=3", "-a always,exit -S x -F a1&3"],
    ["-a always,exit -S x -F a1=010", "-a always,exit -S x -F a1=10"],
    ["-a always,exit -C euid!=uid -S x", "-a always,exit -C euid=uid -S x"],
    ["-w /var/runner -p wa", "-w /runner -p wa"],
    ["-w /binary -p wa", "-w /usr/binary -p wa"],
    ["-w /etc/passwd -p wa", "-w /etc/passwd- -p wa"],
  ])("%s is not %s", (one, other) => {
    expect(rule(one)).not.toEqual(rule(other));
  });
});

it.each([
  "",
  "   ",
  "# -w /etc/passwd -p wa",
  "-D",
  "-b 8192",
  "-f 1",
  "-e 2",
  "-e2",
  "--backlog_wait_time 60000",
  "-d always,exit -F arch=b64 -S open",
  "-W /etc/passwd",
  "-w",
  "-w relative -p wa",
  "-w /etc/passwd -p wz",
  "-w /etc/passwd -w /etc/group",
  "-a always",
  "-a always,exit,exit -S x",
  "-a exit,exit -S x",
  "-a always,exit -F auid -S x",
  "-a always,exit -F perm=q -F path=/x",
  "No rules",
  "nonsense",
])("takes %j for no rule", (line) => {
  expect(parseAuditRule(line)).toBeNull();
});

it("gives the options of control lines, glued or not", () => {
  expect(optionsOfLine(" -e 2")).toEqual([["-e", "2"]]);
  expect(optionsOfLine("-e2")).toEqual([["-e", "2"]]);
  expect(optionsOfLine("-D")).toEqual([["-D", ""]]);
});

describe("coverage", () => {
  it.each([
    ["more permissions", "-w /x -p wa", ["-w /x -p rwxa"], true],
    ["fewer permissions", "-w /x -p wa", ["-w /x -p w"], false],
    ["a watch as a path rule", "-w /x -p wa", ["-a always,exit -F path=/x -F perm=wa"], true],
    ["a watch as a directory rule", "-w /x -p wa", ["-a always,exit -F dir=/x/ -F perm=wa -F key=k"], true],
    ["a path rule as a watch", "-a always,exit -F path=/x -F perm=x", ["-w /x -p x"], true],
    [
      "a directory rule by a path rule",
      "-a always,exit -F dir=/x -F perm=x",
      ["-a always,exit -F path=/x -F perm=x"],
      false,
    ],
    ["a path rule without perm", "-a always,exit -F path=/x -F perm=x", ["-a always,exit -F path=/x"], true],
    ["a watch with a filter", "-w /x -p wa", ["-a always,exit -F path=/x -F perm=wa -F auid>=1000"], false],
    ["another place", "-w /x -p wa", ["-w /y -p wa", "-w /x/y -p wa"], false],
    ["more calls", "-a always,exit -F arch=b64 -S a", ["-a always,exit -F arch=b64 -S a,b"], true],
    ["fewer calls", "-a always,exit -F arch=b64 -S a,b", ["-a always,exit -F arch=b64 -S a"], false],
    [
      "several rules together",
      "-a always,exit -F arch=b64 -S a,b",
      ["-a always,exit -F arch=b64 -S a", "-a always,exit -F arch=b64 -S b"],
      true,
    ],
    [
      "several rules that differ",
      "-a always,exit -F arch=b64 -S a,b",
      ["-a always,exit -F arch=b64 -S a", "-a always,exit -F arch=b32 -S b"],
      false,
    ],
    ["every call", "-a always,exit -F arch=b64 -S a", ["-a always,exit -F arch=b64 -S all"], true],
    ["every call asked", "-a always,exit -F arch=b64", ["-a always,exit -F arch=b64 -S a"], false],
    [
      "a filter fewer",
      "-a always,exit -S a -F auid>=1000 -F auid!=unset",
      ["-a always,exit -S a -F auid>=1000"],
      false,
    ],
    [
      "what the kernel prints",
      "-a always,exit -F path=/usr/bin/su -F perm=x -F auid>=1000 -F auid!=unset -k priv",
      ["-a always,exit -S all -F path=/usr/bin/su -F perm=x -F auid>=1000 -F auid!=-1 -F key=priv"],
      true,
    ],
    ["nothing", "-w /x -p wa", [], false],
  ])("%s", (_, asked, there, covered) => {
    expect(coverageOf(rule(asked), there.map(parseAuditRule)).covered).toBe(covered);
  });

  it("names the calls that are left", () => {
    const there = ["-a always,exit -F arch=b64 -S a", "# nothing", "-a always,exit -F arch=b64 -S c"].map(
      parseAuditRule,
    );
    expect(coverageOf(rule("-a always,exit -F arch=b64 -S a,b,c"), there)).toEqual({ covered: false, syscalls: ["b"] });
  });

  it("names the lines that cover", () => {
    const there = ["# nothing", "-a always,exit -F arch=b64 -S a", "-a always,exit -F arch=b64 -S b"].map(
      parseAuditRule,
    );
    expect(coverageOf(rule("-a always,exit -F arch=b64 -S a,b"), there)).toEqual({ covered: true, by: [1, 2] });
  });
});

it("knows the rule that silences all others", () => {
  expect(silencesEverything(rule("-a never,task"))).toBe(true);
  expect(silencesEverything(rule("-a task,never"))).toBe(true);
  expect(silencesEverything(rule("-a never,task -F uid=33"))).toBe(false);
  expect(silencesEverything(rule("-a never,exit -F arch=b64 -S x"))).toBe(false);
});
