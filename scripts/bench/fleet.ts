import { spawn } from "node:child_process";
import { once, setMaxListeners } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { get as httpGet, type IncomingMessage } from "node:http";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { gunzipSync } from "node:zlib";
import { loadPack } from "@holdfast/content/load-pack";
import { recommendationsOf } from "@holdfast/content/profile";
import { loadProofs } from "@holdfast/content/proofs";
import type { Facts } from "@holdfast/contracts/fact";
import { resources } from "@holdfast/engine/registry";
import pg from "pg";
import { enrolmentTokenFor } from "../../apps/agent/src/simulator/enrolment-token.ts";
import { type FactSource, factSource } from "../../apps/agent/src/simulator/fact-source.ts";
import { openSimulatedDevice, type SimulatedDevice } from "../../apps/agent/src/simulator/simulated-device.ts";
import { namedPlatform } from "../../apps/agent/src/simulator/simulated-platform.ts";
import { addScans, cloneFleet } from "./clone-fleet.ts";
import { processorTimeMs } from "./process-time.ts";

/*
 * What a large fleet costs the server: time of its lists, processor time of taking in a scan, bytes on disk. A few devices
 * send real scans; the rest of the fleet are copies of the rows that gave.
 */
const [root = ""] = process.argv.slice(2);
const flag = (name: string, fallback: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? fallback : Number(process.argv[at + 1]);
};
const deviceCount = flag("devices", 10_000);
const modelCount = flag("models", 25);
const scanCounts = [30, 90];
const requests = flag("requests", 60);
const uploads = flag("uploads", 300);
/** Before each measurement: what runs often is compiled by then. */
const warmUp = 20;
const dayMs = 86_400_000;
/** Facts change every tenth scan. */
const changeEvery = 10;
const reference = "cis-debian-12@1.1.0";

interface Server {
  readonly url: string;
  readonly databaseUrl: string;
  readonly postmaster: number;
  readonly firstRun: { readonly apiToken: string; readonly orgId: string };
}

interface Model {
  readonly device: SimulatedDevice;
  readonly index: number;
}

interface Line {
  readonly what: string;
  readonly value: number;
  readonly unit: "ms" | "ms CPU" | "bytes" | "×";
  /** The most it may be. */
  readonly limit: number | null;
}

// Before the first await: what is declared after it has no value while the benchmark runs.
let changes = 0;
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const contentDir = path.join(root, "content");
const { pack } = await loadPack(contentDir, new Map(resources.map((kind) => [kind.kind, kind])));
const source = factSource(pack, (await loadProofs(contentDir, pack)).proofs);
const stateDir = mkdtempSync(path.join(tmpdir(), "holdfast-bench-"));
// PostgreSQL may run as another user.
chmodSync(stateDir, 0o711);
const child = spawn(process.execPath, [path.join(import.meta.dirname, "fleet-server.js"), stateDir, contentDir], {
  stdio: ["pipe", "pipe", "inherit"],
});
try {
  const [text] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const server = JSON.parse(text) as Server;
  const db = new pg.Client({ connectionString: server.databaseUrl });
  await db.connect();
  const lines = await measure(server, [child.pid ?? 0, server.postmaster], db).finally(() => db.end());
  report(lines);
} finally {
  child.stdin.end();
  await once(child, "exit");
  rmSync(stateDir, { recursive: true, force: true });
}

async function measure(server: Server, pids: readonly number[], db: pg.Client): Promise<readonly Line[]> {
  const lines: Line[] = [];
  const policyId = await aPolicy(server);
  const models = await enrolModels(server);
  const now = Date.now();
  const oldest = Math.max(...scanCounts);
  say(`${models.length} devices send ${oldest} scans each …`);
  await scanModels(models, policyId, (scan) => new Date(now - (oldest - scan) * dayMs + 3_600_000), oldest);
  const [few = 30, many = 90] = scanCounts;
  say(`${deviceCount} devices × ${few} scans …`);
  const since = (scans: number): Date => new Date(now - scans * dayMs);
  await cloneFleet(
    db,
    models.map(({ device }) => device.deviceId),
    deviceCount - models.length,
    since(few),
  );
  await verifyClones(db, server);
  const before = await measureReads(server, pids, policyId, few, db);
  say(`${deviceCount} devices × ${many} scans …`);
  await addScans(db, since(many), since(few));
  const after = await measureReads(server, pids, policyId, many, db);
  lines.push(...before, ...after, ...growth(before, after, few, many));
  say("taking in scans …");
  lines.push(...(await measureIngest(models, pids, policyId, db)));
  return lines;
}

async function aPolicy({ url, firstRun }: Server): Promise<string> {
  const response = await fetch(`${url}/cis/baselines`, {
    method: "POST",
    headers: { authorization: `Bearer ${firstRun.apiToken}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "fleet", osType: "linux", benchmarkVersion: "latest", level: "l2" }),
  });
  return ((await response.json()) as { data: { id: string } }).data.id;
}

async function enrolModels({ url: serverUrl, firstRun }: Server): Promise<Model[]> {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const token = await enrolmentTokenFor({ serverUrl, token: firstRun.apiToken, uses: modelCount, signal });
  const { platform } = namedPlatform("linux");
  return Promise.all(
    Array.from({ length: modelCount }, async (_, index): Promise<Model> => {
      const directory = path.join(stateDir, "models", String(index));
      const options = { serverUrl, stateDir: directory, hostname: `model-${index}`, platform, signal, log: say };
      return { index, device: await openSimulatedDevice({ ...options, enrolmentToken: async () => token }) };
    }),
  );
}

async function scanModels(
  models: readonly Model[],
  policyId: string,
  timeOf: (scan: number) => Date,
  scans: number,
): Promise<void> {
  await Promise.all(
    models.map(async ({ device, index }) => {
      for (let scan = 0; scan < scans; scan += 1) {
        const facts = factsAt(source, index, Math.floor(scan / changeEvery));
        await device.report({ order: null, policyId, benchmark: reference, facts, checkedAt: timeOf(scan) });
      }
    }),
  );
}

/** Facts of a device in a period: in each, some checks fail that did not before. */
function factsAt(facts: FactSource, index: number, period: number): Facts {
  return facts.ofDevice(reference, index * 101 + period);
}

/** A copy is told apart from its model by nothing but its name: the same report, finding by finding. */
async function verifyClones(db: pg.Client, server: Server): Promise<void> {
  const { rows } = await db.query<{ clone: string; model: string }>(
    "select device_id as clone, model_id as model from clone order by random() limit 5",
  );
  for (const { clone, model } of rows) {
    const [theirs, ours] = await Promise.all(
      [clone, model].map(async (id) => (await get(server, `/cis/devices/${id}/report?limit=5`)).text),
    );
    const plain = (text: string): string =>
      text
        .replaceAll(clone, "")
        .replaceAll(model, "")
        .replaceAll(/"id":"[^"]*"/g, "");
    const summary = (text: string): string => plain(text).replaceAll(/"hostname":"[^"]*"/g, "");
    if (summary(theirs ?? "") !== summary(ours ?? "") || (theirs ?? "").length < 1_000)
      throw new Error(`The copy ${clone} does not report what its model ${model} does.`);
  }
  say("copies report what their models do");
}

/** @returns the text, and the milliseconds from the request to the last byte of the answer; unpacking is the reader's. */
async function get(
  { url, firstRun }: Server,
  address: string,
): Promise<{ readonly text: string; readonly ms: number }> {
  const headers = { authorization: `Bearer ${firstRun.apiToken}`, "accept-encoding": "gzip" };
  const startedAt = performance.now();
  const [response] = (await once(httpGet(url + address, { headers }), "response")) as [IncomingMessage];
  const bytes = Buffer.concat(await response.toArray());
  const ms = performance.now() - startedAt;
  const text = (response.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString("utf8");
  if (response.statusCode !== 200) throw new Error(`GET ${address}: ${response.statusCode} ${text.slice(0, 300)}`);
  return { text, ms };
}

async function measureReads(
  server: Server,
  pids: readonly number[],
  policyId: string,
  scans: number,
  db: pg.Client,
): Promise<Line[]> {
  const { rows } = await db.query<{ id: string }>("select device_id as id from clone order by n limit 50");
  const a = "/api/v1/compliance";
  const routes: readonly (readonly [string, (n: number) => string, number | null])[] = [
    ["B compliance, limit 200", () => "/cis/compliance?limit=200", 60],
    ["B compliance of a policy, limit 200", () => `/cis/compliance?limit=200&baselineId=${policyId}`, 60],
    ["A stats", () => `${a}/stats`, 60],
    ["A top-failing", () => `${a}/stats/top-failing`, 60],
    ["A non-compliant", () => `${a}/stats/non-compliant`, 60],
    ["A trend, 30 days", () => `${a}/trend?days=30`, null],
    ["B device report, limit 10", (n) => `/cis/devices/${rows[n % rows.length]?.id}/report?limit=10`, 40],
  ];
  const lines: Line[] = [];
  for (const [name, address, limit] of routes) {
    for (let n = 0; n < warmUp; n += 1) await get(server, address(n));
    const times: number[] = [];
    const spent = processorTimeMs(pids);
    for (let n = 0; n < requests; n += 1) {
      times.push((await get(server, address(n))).ms);
    }
    const each = (processorTimeMs(pids) - spent) / requests;
    lines.push({ what: `${name}, ${scans} scans: p50`, value: quantile(times, 0.5), unit: "ms", limit: null });
    lines.push({ what: `${name}, ${scans} scans: p95`, value: quantile(times, 0.95), unit: "ms", limit });
    lines.push({ what: `${name}, ${scans} scans: each`, value: each, unit: "ms CPU", limit: null });
  }
  return lines;
}

/** How much more each list takes with more scans. */
function growth(before: readonly Line[], after: readonly Line[], few: number, many: number): Line[] {
  return before.flatMap(({ what, value }, at): Line[] => {
    const later = after[at];
    if (!what.endsWith("p50") || later === undefined) return [];
    const name = `${what.slice(0, what.indexOf(`, ${few} scans`))}: ${many} scans to ${few}`;
    return [{ what: name, value: later.value / value, unit: "×", limit: 1.3 }];
  });
}

async function measureIngest(
  models: readonly Model[],
  pids: readonly number[],
  policyId: string,
  db: pg.Client,
): Promise<Line[]> {
  const current = new Map<Model, Facts>();
  for (const model of models) current.set(model, (await model.device.lastFacts(reference)) ?? new Map());
  /** One upload of each device, at once, as a fleet sends them. */
  const send = async (change: (facts: Facts, n: number) => Facts): Promise<void> => {
    await Promise.all(
      models.map(async (model, n) => {
        const facts = change(current.get(model) ?? new Map(), n);
        current.set(model, facts);
        await model.device.report({ order: null, policyId, benchmark: reference, facts, checkedAt: new Date() });
      }),
    );
  };
  const rounds = Math.ceil(uploads / models.length);
  const storedBefore = await countStored(db);
  const databasePids = pids.slice(1);
  const each = async (change: (facts: Facts, n: number) => Facts): Promise<{ all: number; database: number }> => {
    for (let round = 0; round < rounds; round += 1) await send(change);
    const spent = { all: processorTimeMs(pids), database: processorTimeMs(databasePids) };
    for (let round = 0; round < rounds; round += 1) await send(change);
    const perUpload = (now: number, before: number): number => (now - before) / (rounds * models.length);
    return {
      all: perUpload(processorTimeMs(pids), spent.all),
      database: perUpload(processorTimeMs(databasePids), spent.database),
    };
  };
  const changed = await each(withFiveChanges);
  await db.query("checkpoint");
  const unchanged = await each((facts) => facts);
  const bytesBefore = await sizeOf(db);
  const more = 120;
  for (let round = 0; round < more; round += 1) await send((facts) => facts);
  const bytes = (await sizeOf(db)) - bytesBefore;
  const stored = await countStored(db);
  const sent = { scans: (4 * rounds + more) * models.length, judgements: 2 * rounds * models.length };
  if (
    stored.scans - storedBefore.scans !== sent.scans ||
    stored.judgements - storedBefore.judgements !== sent.judgements
  )
    throw new Error(`Not every scan sent was stored: ${JSON.stringify({ storedBefore, stored, sent })}`);
  return [
    { what: "scan with 5 changed facts taken in", value: changed.all, unit: "ms CPU", limit: 6 },
    { what: "of which the database", value: changed.database, unit: "ms CPU", limit: null },
    { what: "unchanged scan taken in", value: unchanged.all, unit: "ms CPU", limit: 2 },
    { what: "of which the database", value: unchanged.database, unit: "ms CPU", limit: null },
    { what: "unchanged scan on disk, with indexes", value: bytes / (more * models.length), unit: "bytes", limit: 600 },
  ];
}

/** Five kernel parameters get values that no device had. */
function withFiveChanges(facts: Facts): Facts {
  const keys = [...facts.keys()].filter((address) => address.startsWith("sysctl:")).slice(0, 5);
  changes += 1;
  const state = { running: String(changes), onBoot: String(changes), source: null, dropIn: null };
  return new Map([...facts, ...keys.map((key) => [key, { state }] as const)]);
}

async function countStored(db: pg.Client): Promise<{ readonly scans: number; readonly judgements: number }> {
  const { rows } = await db.query<{ scans: number; judgements: number }>(
    "select (select count(*) from scan_result)::integer as scans, (select count(*) from judgement)::integer as judgements",
  );
  return rows[0] ?? { scans: 0, judgements: 0 };
}

async function sizeOf(db: pg.Client): Promise<number> {
  const { rows } = await db.query<{ bytes: string }>(
    `select sum(pg_total_relation_size(c.oid)) as bytes from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and c.relkind = 'r'`,
  );
  return Number(rows[0]?.bytes ?? 0);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function report(lines: readonly Line[]): void {
  const benchmark = pack.benchmarks.find(({ id }) => id === "cis-debian-12");
  const recommendations = benchmark === undefined ? 0 : recommendationsOf(benchmark, 2, "server").length;
  const machine = `${process.platform} ${process.arch}, ${availableParallelism()} CPUs, Node ${process.versions.node}`;
  const head = { machine, load: loadavg()[0] ?? 0, devices: deviceCount, recommendations, requests, uploads };
  if (process.argv.includes("--json")) {
    console.log(JSON.stringify({ ...head, lines }, null, 2));
    return;
  }
  console.log(`${machine}; load ${head.load.toFixed(1)}; ${deviceCount} devices, ${recommendations} recommendations`);
  for (const { what, value, unit, limit } of lines) {
    const figure = `${value.toFixed(unit === "bytes" ? 0 : 2)} ${unit}`;
    const verdict = limit === null ? "" : value <= limit ? `≤ ${limit}` : `over ${limit}`;
    console.log(`${what.padEnd(62)} ${figure.padStart(14)}  ${verdict}`);
  }
}
