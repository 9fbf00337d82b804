import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openSchedule } from "./schedule.ts";

const minute = 60_000;
const policy = { policyId: randomUUID(), benchmark: "a@1", intervalMinutes: 60 };
let stateDir = "";
beforeEach(async () => {
  stateDir = await mkdtemp(path.join(tmpdir(), "holdfast-schedule-"));
});
afterEach(() => rm(stateDir, { recursive: true }));

const open = () => openSchedule(stateDir, () => 0.5);

it("is due one interval after it became known, and after each scan; restarts do not matter", async () => {
  const schedule = await open();
  expect(schedule.nextDue()).toBe(Number.POSITIVE_INFINITY);
  await schedule.replace({ policies: [policy] }, 0);
  expect((await open()).nextDue()).toBe(60 * minute);
  expect((await open()).dueAt(60 * minute - 1)).toEqual([]);
  expect((await open()).dueAt(60 * minute)).toEqual([policy]);
  await schedule.scanned(policy.policyId, 70 * minute);
  expect((await open()).nextDue()).toBe(130 * minute);
});

it("keeps a due time that is not far off, and takes a shorter interval or a clock set back at once", async () => {
  const schedule = await open();
  await schedule.replace({ policies: [policy] }, 0);
  await schedule.replace({ policies: [policy] }, 30 * minute);
  expect(schedule.nextDue()).toBe(60 * minute);
  await schedule.replace({ policies: [{ ...policy, intervalMinutes: 5 }] }, 30 * minute);
  expect(schedule.nextDue()).toBe(35 * minute);
  await schedule.replace({ policies: [policy] }, -1_000 * minute);
  expect(schedule.nextDue()).toBe(-940 * minute);
});

it("forgets policies that are gone, and starts afresh from a damaged file", async () => {
  const schedule = await open();
  await schedule.replace({ policies: [policy] }, 0);
  await schedule.replace({ policies: [] }, 0);
  expect(schedule.nextDue()).toBe(Number.POSITIVE_INFINITY);
  await schedule.replace({ policies: [policy] }, 0);
  await writeFile(path.join(stateDir, "schedule.json"), '{"schedule":{"poli');
  expect((await open()).nextDue()).toBe(Number.POSITIVE_INFINITY);
});
