import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type FindingStatus, findingStatuses } from "@holdfast/contracts/verdict";
import pg from "pg";
import { expect, it } from "vitest";
import { aTemporaryDirectory, endHard, type HoldfastProcess, processesNaming, startUp } from "./holdfast-process.ts";

const timeout = 600_000;
const seed = 20_261;
/** A scan takes one to four seconds, so these fall before, into and after it. */
const latestKillMs = 2_500;

/** Each is killed in some round; the order comes from the seed. */
const victims = [
  "server",
  "server",
  "server",
  "server",
  "agent",
  "agent",
  "agent",
  "database",
  "database",
  "database",
] as const;
type Victim = (typeof victims)[number];

it("loses no scan that was accepted or answered, whatever is killed in the middle of it", { timeout }, async () => {
  const stateDir = path.join(aTemporaryDirectory(), "state");
  const random = mulberry32(seed);
  let holdfast = await startUp({ stateDir });
  await holdfast.scored();
  const policyId = (await holdfast.getDevice()).latest[0]?.policyId ?? "";
  const seen = new Set<string>();
  const startedAt = performance.now();
  for (const victim of shuffled(victims, random)) {
    const acceptedAt = Date.now();
    await holdfast.startScan(policyId);
    await sleep(random() * latestKillMs);
    const before = await newestResult(holdfast);
    holdfast = await kill(victim, holdfast);
    const after = await resultSince(holdfast, acceptedAt);
    expect(after.at, `after the ${victim} was killed`).toBeGreaterThanOrEqual(before.at);
    for (const { id } of [before, after]) seen.add(id);
    await expectConsistent(holdfast);
  }
  console.log(`ten kills and recoveries took ${Math.round((performance.now() - startedAt) / 1000)} s`);
  await expectNothingHalfWritten(stateDir, seen);
  expect((await holdfast.interrupt()).code).toBe(0);
  expect(processesNaming(stateDir)).toEqual([]);
});

/** Ends it without warning, and starts what does not start again by itself. */
async function kill(victim: Victim, holdfast: HoldfastProcess): Promise<HoldfastProcess> {
  const { stateDir, port } = holdfast;
  if (victim === "agent") {
    for (const { pid } of agentsOf(stateDir)) endHard(pid);
    return holdfast;
  }
  endHard(victim === "server" ? holdfast.pid : postmasterOf(stateDir).pid);
  const { code, stderr } = await holdfast.ended();
  if (victim === "database") {
    expect(stderr).toMatch(/^holdfast: The database ended unexpectedly; start again[^\n]+\n$/);
    expect(code).toBe(3);
  }
  const again = await startUp({ stateDir, port });
  await again.ready();
  // The agent of a killed server ends with it.
  await expect.poll(() => agentsOf(stateDir).length, { timeout: 10_000 }).toBe(1);
  return again;
}

interface Seen {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

async function newestResult(holdfast: HoldfastProcess): Promise<Seen> {
  const [latest] = (await holdfast.getDevice()).latest;
  return { id: latest?.resultId ?? "", at: Date.parse(latest?.checkedAt ?? "") };
}

async function resultSince(holdfast: HoldfastProcess, since: number): Promise<Seen> {
  const giveUpAt = performance.now() + 120_000;
  for (;;) {
    const newest = await newestResult(holdfast);
    if (newest.at >= since) return newest;
    if (performance.now() > giveUpAt) throw new Error("A scan that was accepted has no result after two minutes.");
    await sleep(100);
  }
}

/** The counts of the newest result are those of its findings. */
async function expectConsistent(holdfast: HoldfastProcess): Promise<void> {
  const { result, findings } = await holdfast.getFindings();
  const counted = (status: FindingStatus) => findings.filter((finding) => finding.status === status).length;
  expect(result.counts).toEqual(Object.fromEntries(findingStatuses.map((status) => [status, counted(status)])));
  expect(findings.length).toBeGreaterThan(200);
}

/** Looks at the rows themselves: all that was seen is there, and every row has what it refers to. */
async function expectNothingHalfWritten(stateDir: string, seen: ReadonlySet<string>): Promise<void> {
  const password = readFileSync(path.join(stateDir, "postgres", "pg.secret"), "utf8").trim();
  const { port } = postmasterOf(stateDir);
  const client = new pg.Client({ host: "127.0.0.1", port, user: "postgres", database: "postgres", password });
  await client.connect();
  try {
    const { rows: results } = await client.query<{ id: string }>("select id from scan_result");
    expect(results.map(({ id }) => id)).toEqual(expect.arrayContaining([...seen]));
    const { rows } = await client.query(`
      select
        (select count(*) from scan_result r left join judgement j on j.id = r.judgement_id where j.id is null) as unjudged,
        (select count(*) from judgement j join benchmark_layout b on b.id = j.layout_id
          where cardinality(j.statuses) <> cardinality(b.numbers)) as cut_off,
        (select count(*) from fact_set s where exists (select 1 from unnest(s.fact_ids) as f (id)
          where not exists (select 1 from fact where fact.id = f.id))) as without_facts,
        (select count(*) from latest_result l where not exists (
          select 1 from scan_result r where r.id = l.result_id and r.judgement_id = l.judgement_id)) as without_result`);
    expect(rows).toEqual([{ unjudged: "0", cut_off: "0", without_facts: "0", without_result: "0" }]);
  } finally {
    await client.end();
  }
}

function agentsOf(stateDir: string) {
  return processesNaming(stateDir).filter(({ command }) => command.includes(" agent run "));
}

/** Lines 1 and 4 of PostgreSQL's lock file. */
function postmasterOf(stateDir: string): { readonly pid: number; readonly port: number } {
  const lines = readFileSync(path.join(stateDir, "postgres", "data", "postmaster.pid"), "utf8").split("\n");
  return { pid: Number(lines[0]), port: Number(lines[3]) };
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Mulberry32: small, and the same everywhere. Numbers from 0 to 1. */
function mulberry32(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
