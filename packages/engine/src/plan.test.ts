import type { Expression } from "@holdfast/content/expression";
import type { Observation } from "@holdfast/contracts/fact";
import type { Json } from "@holdfast/contracts/json";
import { expect, it } from "vitest";
import { planCheck, planHash } from "./plan.ts";
import { aCheck, anExpectation } from "./test/a-check.ts";

const ipForward = anExpectation("sysctl", { key: "net.ipv4.ip_forward" }, { equals: "0" });
const redirects = anExpectation("sysctl", { key: "net.ipv4.conf.all.send_redirects" }, { equals: "0" });
/** A kind without a fix. */
const unplannable = anExpectation("login_defs", { key: "PASS_MAX_DAYS" }, { at_most: 365 });

const good: Json = { running: "0", onBoot: "0", source: "/etc/sysctl.d/60.conf:1", dropIn: null };
const bad: Json = { running: "1", onBoot: null, source: null, dropIn: null };
const absent: Json = { running: null, onBoot: null, source: null, dropIn: null };

/** Plans a tree on states given by address; a text is a read error. */
function plan(require: Expression, states: Record<string, Json>, over = {}) {
  const observations = Object.entries(states).map(([address, state]) =>
    typeof state === "string"
      ? { address, observation: { error: { code: "needs_root" as const, message: state } } }
      : { address, observation: { state } },
  );
  const facts = new Map<string, Observation>(observations.map(({ address, observation }) => [address, observation]));
  const condition = anExpectation("sysctl", { key: "net.ipv6.conf.all.forwarding" }, { present: true });
  const conditions = new Map([["ipv6", { id: "ipv6", otherwise: "IPv6 is off", require: condition }]]);
  return planCheck(aCheck(require, { remediation: "Do it by hand.", ...over }), { facts, conditions });
}

const paths = (result: ReturnType<typeof plan>): unknown =>
  "none" in result ? result.none : result.changes.map((change) => ("path" in change ? change.path : change.type));
const forwardFile = "/etc/sysctl.d/99-zz-holdfast-net.ipv4.ip_forward.conf";
const redirectsFile = "/etc/sysctl.d/99-zz-holdfast-net.ipv4.conf.all.send_redirects.conf";
const forwardAddress = "sysctl:net.ipv4.ip_forward";
const redirectsAddress = "sysctl:net.ipv4.conf.all.send_redirects";

it("plans only the failing members of an all, and nothing twice", () => {
  const tree = { all: [ipForward, redirects, { all: [ipForward] }] };
  const result = plan(tree, { [forwardAddress]: bad, [redirectsAddress]: good });
  expect(paths(result)).toEqual([forwardFile, "set_sysctl"]);
});

it("plans the first member of an any that can be", () => {
  const states = { "login_defs:PASS_MAX_DAYS": { value: null, source: null }, [forwardAddress]: absent };
  const result = plan({ any: [unplannable, ipForward, redirects] }, { ...states, [redirectsAddress]: bad });
  expect(paths(result)).toEqual([redirectsFile, "set_sysctl"]);
});

it("has no plan when one failing member has none: half a fix is none", () => {
  const states = { "login_defs:PASS_MAX_DAYS": { value: "99999", source: null }, [forwardAddress]: bad };
  expect(paths(plan({ all: [ipForward, unplannable] }, states))).toBe(
    "There is no safe fix for what was found. By hand: Do it by hand.",
  );
  expect(
    plan(
      { none: [anExpectation("sysctl", { key: "net.ipv4.ip_forward" }, { equals: "1" })] },
      { [forwardAddress]: { ...(bad as object), onBoot: "1" } },
    ),
  ).toHaveProperty("none");
});

it("has no changes for what passes, and no plan for what does not apply, cannot be read or is not ported", () => {
  expect(paths(plan(ipForward, { [forwardAddress]: good }))).toEqual([]);
  const ipv6Off = { "sysctl:net.ipv6.conf.all.forwarding": absent, [forwardAddress]: bad };
  expect(paths(plan(ipForward, ipv6Off, { applies: ["ipv6"] }))).toBe("The check does not apply: IPv6 is off");
  expect(paths(plan(ipForward, { [forwardAddress]: "needs root" }))).toBe("The check could not be judged: needs root");
  expect(
    plan({ all: [ipForward, redirects] }, { [forwardAddress]: bad, [redirectsAddress]: "needs root" }),
  ).toHaveProperty("none");
  expect(paths(plan(ipForward, {}, { require: null, notPorted: "Later." }))).toBe("Later.");
});

it("has no plan when two expectations want different texts of one file", () => {
  const other = anExpectation("sysctl", { key: "net.ipv4.ip_forward" }, { one_of: ["2", "0"] });
  const contested = plan({ all: [ipForward, other] }, { [forwardAddress]: bad });
  expect(paths(contested)).toMatch(/different things/);
});

it("has a hash that is another when anything about the plan is", () => {
  const result = plan(ipForward, { [forwardAddress]: bad });
  if ("none" in result) throw new Error(result.none);
  expect(planHash(result)).toMatch(/^[0-9a-f]{64}$/);
  expect(planHash({ ...result })).toBe(planHash(result));
  expect(planHash({ ...result, risk: "x" })).not.toBe(planHash(result));
  const [first, ...rest] = result.changes;
  if (first?.type !== "write_file") throw new Error("it writes a file first");
  expect(planHash({ ...result, changes: [{ ...first, was: "" }, ...rest] })).not.toBe(planHash(result));
});
