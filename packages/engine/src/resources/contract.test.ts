import { fileURLToPath } from "node:url";
import { type Expectation, expectationsOf } from "@holdfast/content/expression";
import { loadPack } from "@holdfast/content/load-pack";
import { canonicalJson, type Json } from "@holdfast/contracts/json";
import { describe, expect, it } from "vitest";
import { type Host, UnreadableError } from "../host.ts";
import { recordingHost } from "../hosts/recording.ts";
import { resources } from "../registry.ts";
import type { AnyResource } from "../resource.ts";

/** What the shipped checks and conditions ask: real targets with real expectations. */
const { pack } = await loadPack(
  fileURLToPath(new URL("../../../../content", import.meta.url)),
  new Map(resources.map((resource) => [resource.kind, resource])),
);
const asked = [...pack.checks.values(), ...pack.conditions.values()].flatMap(({ require }) =>
  require === null ? [] : [...expectationsOf(require)],
);

/** For kinds no check uses yet. */
const samples: Readonly<Record<string, readonly [target: Json, desired: Json]>> = {
  authselect: [{}, { features: ["with-faillock"] }],
  crypto_policy: [{ key: "policy" }, { none_of: ["LEGACY"] }],
  package_verify: [{ compare: "contents" }, { differences_max: 0 }],
  process: [{ name: "chronyd" }, { user: ["_chrony"] }],
  selinux: [{ property: "mode" }, { equals: "enforcing" }],
  selinux_process: [{ domain: "unconfined_service_t" }, { max: 0 }],
  home_dirs: [{}, {}],
  home_dotfiles: [{}, {}],
  limits: [{ domain: "*", type: "hard", item: "core" }, { equals: 0 }],
  shell_timeout: [{}, { at_most: 900 }],
  umask: [{}, { at_least: "027" }],
};

const machines = {
  "a booted machine with nothing on it": () => recordingHost({ directories: ["/run/systemd/system", "/proc/sys"] }),
  "a container": () => recordingHost(),
  "an image": () => recordingHost({ live: false }),
  "a machine read without root": () => recordingHost({ privileged: false }),
  "a machine that denies everything": () =>
    recordingHost({
      privileged: false,
      unreadable: Object.fromEntries(
        ["/etc", "/usr", "/lib", "/var", "/boot", "/proc", "/run"].map((path) => [
          path,
          new UnreadableError("needs_root", `needs root: cannot read ${path}`),
        ]),
      ),
    }),
};

async function readOrReason(resource: AnyResource, host: Host, target: Json): Promise<unknown> {
  return resource.read(host, target as never).catch((error: unknown) => {
    if (error instanceof UnreadableError) return error;
    throw error;
  });
}

it("has each kind once", () => {
  const kinds = resources.map(({ kind }) => kind);
  expect(new Set(kinds).size).toBe(kinds.length);
});

describe.each(resources.map((resource) => [resource.kind, resource] as const))("%s", (kind, resource) => {
  const uses: readonly Pick<Expectation, "target" | "desired">[] = asked.filter((use) => use.kind === kind);
  const sample = samples[kind];
  const expectations = uses.length > 0 || sample === undefined ? uses : [{ target: sample[0], desired: sample[1] }];

  it("is used, or has a sample here", () => {
    expect(expectations).not.toEqual([]);
  });

  it("has an address that is stable, its own and short enough to send", () => {
    for (const { target } of expectations) {
      const address = resource.address(target as never);
      expect(address.startsWith(`${kind}:`)).toBe(true);
      expect(address.length).toBeLessThanOrEqual(500);
      expect(resource.address(JSON.parse(canonicalJson(target)) as never)).toBe(address);
    }
  });

  it.each(Object.entries(machines))("reads a plain state from %s, or says why not", async (_, machine) => {
    for (const { target, desired } of expectations) {
      const state = await readOrReason(resource, machine(), target);
      if (state instanceof UnreadableError) continue;
      const stored: unknown = JSON.parse(JSON.stringify(state));
      expect(stored).toEqual(state);
      expect(canonicalJson(await readOrReason(resource, machine(), target))).toBe(canonicalJson(state));
      const judgement = resource.judge(stored as never, desired as never, target as never);
      expect(judgement).toEqual(resource.judge(state as never, desired as never, target as never));
      if (judgement.verdict === "pass" && resource.plan !== undefined)
        expect(resource.plan(stored as never, desired as never, target as never)?.changes ?? []).toEqual([]);
    }
  });
});
