import path from "node:path";
import { AgentSchedule } from "@holdfast/contracts/agent-protocol";
import { type Static, Type } from "typebox";
import { readStateFile, writeStateFile } from "./state-file.ts";

type ScheduledPolicy = AgentSchedule["policies"][number];

const Stored = Type.Object({
  schedule: AgentSchedule,
  /** When each policy is scanned next, milliseconds since 1970 UTC, by policy id. */
  dueAt: Type.Record(Type.String(), Type.Number()),
});

/** What to scan unasked, and when; on disk, so that it goes on offline and after a restart. */
export interface Schedule {
  /** Takes the server's word. A policy that is new is due one interval from now: the server orders first scans itself. */
  replace(schedule: AgentSchedule, now: number): Promise<void>;
  /** What is due at `now`, longest overdue first. */
  dueAt(now: number): readonly ScheduledPolicy[];
  /** The next due time; Infinity when nothing is scheduled. */
  nextDue(): number;
  /** A scan of the policy was made, unasked or not: the next one is due an interval later, give or take 5 percent. */
  scanned(policyId: string, now: number): Promise<void>;
}

/** @param random spreads due times, so that devices enrolled together do not scan together. */
export async function openSchedule(stateDir: string, random: () => number = Math.random): Promise<Schedule> {
  const file = path.join(stateDir, "schedule.json");
  let stored: Static<typeof Stored> = (await readStateFile(file, Stored)) ?? { schedule: { policies: [] }, dueAt: {} };
  const save = async (changed: Static<typeof Stored>): Promise<void> => {
    if (JSON.stringify(changed) === JSON.stringify(stored)) return;
    await writeStateFile(file, changed);
    stored = changed;
  };
  const next = ({ intervalMinutes }: ScheduledPolicy, now: number): number =>
    Math.round(now + intervalMinutes * 60_000 * (0.95 + 0.1 * random()));
  const due = ({ policyId }: ScheduledPolicy): number => stored.dueAt[policyId] ?? Number.POSITIVE_INFINITY;
  return {
    async replace(schedule, now) {
      const dueAt = schedule.policies.map((policy): [string, number] => {
        const known = stored.dueAt[policy.policyId];
        const latest = next(policy, now);
        // A shorter interval, or a clock that was set back, must not leave it waiting for the old time.
        return [
          policy.policyId,
          known === undefined || known > latest + 60_000 * policy.intervalMinutes * 0.1 ? latest : known,
        ];
      });
      await save({ schedule, dueAt: Object.fromEntries(dueAt) });
    },
    dueAt: (now) => stored.schedule.policies.filter((policy) => due(policy) <= now).sort((a, b) => due(a) - due(b)),
    nextDue: () => Math.min(Number.POSITIVE_INFINITY, ...stored.schedule.policies.map(due)),
    async scanned(policyId, now) {
      const policy = stored.schedule.policies.find((candidate) => candidate.policyId === policyId);
      if (policy === undefined) return;
      await save({ ...stored, dueAt: { ...stored.dueAt, [policyId]: next(policy, now) } });
    },
  };
}
