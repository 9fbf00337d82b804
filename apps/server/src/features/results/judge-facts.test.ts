import { fileURLToPath } from "node:url";
import { loadPack } from "@holdfast/content/load-pack";
import { loadProofs } from "@holdfast/content/proofs";
import type { FactAddress, Facts, Observation } from "@holdfast/contracts/fact";
import { canonicalJson } from "@holdfast/contracts/json";
import { checksReading, factRequestsOfChecks } from "@holdfast/engine/fact-requests";
import { resources } from "@holdfast/engine/registry";
import fc from "fast-check";
import { expect, it } from "vitest";
import { debian12 } from "../../test/pack.ts";
import type { Policy } from "../policies/policy.ts";
import { judgeChanges, judgeFacts } from "./judge-facts.ts";

const contentDir = fileURLToPath(new URL("../../../../../content", import.meta.url));
const { pack } = await loadPack(contentDir, new Map(resources.map((kind) => [kind.kind, kind])));
const { proofs } = await loadProofs(contentDir, pack);
const policy: Policy = {
  id: "00000000-0000-0000-0000-000000000001",
  orgId: "00000000-0000-0000-0000-000000000002",
  name: "a policy",
  description: "",
  osType: "linux",
  benchmark: null,
  benchmarkVersion: null,
  level: 2,
  custom: false,
  profile: "server",
  exclusions: ["1.1.1.2"],
  scoring: "weighted",
  threshold: 80,
  scheduleEnabled: false,
  intervalMinutes: 60,
  nextScanAt: null,
  enabled: true,
  revision: 1,
  parameters: {},
  createdAt: new Date(0),
  updatedAt: new Date(0),
};
const switchedOff = (_: string, number: string): boolean => number === "3.3.1";

/** What the proofs know of each address: a machine is one choice for each. */
const known = new Map<FactAddress, Observation[]>();
for (const proof of [...proofs.values()].flat()) {
  for (const [address, observation] of proof.facts) {
    const others = known.get(address) ?? [];
    if (!others.some((other) => canonicalJson(other) === canonicalJson(observation))) others.push(observation);
    known.set(address, others);
  }
}
const addresses = [...known.keys()];

function machine(seed: number): Facts {
  return new Map(
    addresses.map((address, at) => {
      const choices = known.get(address) ?? [];
      return [address, choices[(seed + at * 7919) % choices.length] ?? { state: null }];
    }),
  );
}

it("judges what changed just as judging everything again would", () => {
  const change = fc.record({
    seed: fc.nat(100_000),
    changed: fc.uniqueArray(fc.nat(addresses.length - 1), { minLength: 1, maxLength: 40 }),
    other: fc.nat(100_000),
  });
  const altered = new Set<boolean>();
  fc.assert(
    fc.property(change, ({ seed, changed, other }) => {
      const before = machine(seed);
      const elsewhere = machine(other);
      const at = changed.flatMap((index) => addresses[index] ?? []);
      // Every third is not reported any more.
      const after = new Map([
        ...before,
        ...at.map((address) => [address, elsewhere.get(address) ?? { state: null }] as const),
      ]);
      for (const [index, address] of at.entries()) if (index % 3 === 2) after.delete(address);
      const whole = judgeFacts(pack, policy, debian12, after, switchedOff);
      const { statuses } = judgeFacts(pack, policy, debian12, before, switchedOff);
      const needed = factRequestsOfChecks(pack, checksReading(pack, at)).map(({ address }) => address);
      const facts = new Map([...after].filter(([address]) => needed.includes(address)));
      expect(judgeChanges(pack, policy, debian12, { statuses, changed: at, facts })).toEqual(whole);
      altered.add(whole.statuses.some((status, place) => status !== statuses[place]));
    }),
    { numRuns: 60 },
  );
  expect(altered).toContain(true);
});
