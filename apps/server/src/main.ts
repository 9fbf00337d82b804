import fs from "node:fs";
import path from "node:path";
import type { FastifyInstance } from "fastify";
import pg from "pg";
import { createApp } from "./app.ts";
import { type Config, readConfig, type ServerConfig } from "./config.ts";
import type { Services } from "./context.ts";
import { connect } from "./db/connection.ts";
import { startEmbedded } from "./db/embedded.ts";
import { ensurePartitions, migrate } from "./db/migrate.ts";
import { isAlive } from "./db/postmaster.ts";
import { StartupError } from "./errors.ts";
import { Presence } from "./features/devices/presence.ts";
import { issueEnrolmentToken } from "./features/organisations/issue-enrolment-token.ts";
import { deleteScansJob } from "./features/policies/jobs.ts";
import { failOverdueRemediations } from "./features/remediations/fail-overdue-remediations.ts";
import { dispatchRemediation } from "./features/remediations/jobs.ts";
import { rejudgePolicy } from "./features/results/rejudge.ts";
import { rejudgeUpgraded } from "./features/results/rejudge-upgraded.ts";
import { openScansJob } from "./features/scans/jobs.ts";
import { openDueScans } from "./features/scans/open-due-scans.ts";
import { ScanProgress } from "./features/scans/scan-progress.ts";
import { type FirstRun, firstContext, furnish } from "./first-run.ts";
import { openJobQueue } from "./job-queue.ts";
import { type JobDefinition, type JobQueue, runJob } from "./jobs.ts";
import { LiveEvents } from "./live-events.ts";
import { createLog } from "./log.ts";
import { startRelay } from "./outbox.ts";
import { loadSecrets } from "./secrets.ts";

export type { ServerConfig } from "./config.ts";
export type { FirstRun } from "./first-run.ts";
export { type AuditChain, type VerifyAuditOptions, verifyAudit } from "./verify-audit.ts";

export interface RunningServer {
  /** Where it listens, e.g. http://127.0.0.1:8423. */
  readonly url: string;
  readonly port: number;
  /** What was made for an empty database; null when it was not empty. Shown once. */
  readonly firstRun: FirstRun | null;
  /** A token that lets one device into an organisation, good for a day. */
  issueEnrolmentToken(orgId: string): Promise<string>;
  /** Resolves with one sentence when it cannot go on: its embedded database is gone. Never rejects. */
  readonly broken: Promise<string>;
  /** Finishes what is running, then ends everything it started. Safe to call twice. */
  close(): Promise<void>;
}

const watchMs = 1000;
const jobs: readonly JobDefinition[] = [openScansJob, dispatchRemediation, rejudgePolicy, deleteScansJob];
const minuteMs = 60_000;
const dayMs = 86_400_000;

/**
 * Starts the server and what it needs.
 *
 * @throws StartupError with one sentence that says what to do.
 */
export async function startServer(options: ServerConfig): Promise<RunningServer> {
  const config = readConfig(options);
  const closers: (() => Promise<unknown>)[] = [];
  const closeAll = async (): Promise<void> => {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close();
  };
  try {
    return await start(config, closers, closeAll);
  } catch (error) {
    await closeAll().catch(() => undefined);
    throw error;
  }
}

async function start(
  config: Config,
  closers: (() => Promise<unknown>)[],
  close: () => Promise<void>,
): Promise<RunningServer> {
  makeStateDir(config.stateDir);
  const log = createLog(config.logLevel, config.logFile);
  const broken = deferred<string>();
  const databaseUrl = config.databaseUrl ?? (await openEmbedded(config.stateDir, closers, broken.resolve));
  await reachable(databaseUrl, () => migrate(databaseUrl));
  const secrets = loadSecrets(config.stateDir);
  const onError = (error: Error): void => log.warn({ err: error }, "a database connection broke");
  const connection = connect(databaseUrl, config.poolSize, onError);
  closers.push(() => connection.close());
  const queue = await openJobQueue({ redisUrl: config.redisUrl, databaseUrl, log });
  closers.push(() => queue.close());
  const { pack, riskThresholds } = config;
  const events = new LiveEvents(databaseUrl, log);
  await events.start();
  closers.push(() => events.close());
  const services: Services = { db: connection.db, pack, log, queue, riskThresholds, events };
  const firstRun = await furnish(services, config.saveFirstRun);
  await rejudgeUpgraded(services);
  closers.push(startRelay(services, queue, events));
  if (config.role !== "api") {
    await startWork(services, queue, {
      "open-due-scans": { everyMs: minuteMs, run: () => openDueScans(services) },
      "make-partitions": { everyMs: dayMs, run: () => ensurePartitions(connection.pool, new Date()) },
      "fail-overdue-remediations": {
        everyMs: 20_000,
        run: () => failOverdueRemediations(services, config.remediationDeadlineMinutes),
      },
    });
  }
  const presence = new Presence(services, events);
  const progress = new ScanProgress(events);
  const { dashboardDir, rateLimits } = config;
  const healthOnly = config.role === "worker";
  const app = await createApp({ services, secrets, events, presence, progress, dashboardDir, rateLimits, healthOnly });
  closers.push(() => app.close());
  closers.push(() => presence.close());
  const url = await listen(app, config);
  return {
    url,
    port: Number(new URL(url).port),
    firstRun,
    broken: broken.promise,
    issueEnrolmentToken: (orgId) =>
      issueEnrolmentToken(firstContext(services, orgId), { uses: 1, expiresAt: new Date(Date.now() + dayMs) }),
    close,
  };
}

/** Traversable by others: PostgreSQL may run as another user. What is secret in it has modes of its own. */
function makeStateDir(directory: string): void {
  try {
    fs.mkdirSync(directory, { recursive: true, mode: 0o711 });
    fs.accessSync(directory, fs.constants.W_OK | fs.constants.X_OK);
  } catch (cause) {
    throw new StartupError(`The state directory ${directory} cannot be written; choose another one.`, { cause });
  }
}

async function openEmbedded(
  stateDir: string,
  closers: (() => Promise<unknown>)[],
  onGone: (sentence: string) => void,
): Promise<string> {
  const database = await startEmbedded(path.join(stateDir, "postgres"));
  const holder = new pg.Client({ connectionString: database.url });
  holder.on("error", () => undefined);
  await holder.connect();
  // Whoever holds the lock is at work on this state directory; a killed one's lock goes with its connection.
  for (let tries = 0; ; tries += 1) {
    const { rows } = await holder.query<{ free: boolean }>("select pg_try_advisory_lock(7402311556) as free");
    if (rows[0]?.free === true) break;
    if (tries === 20) {
      await holder.end();
      throw new StartupError(`Another Holdfast server is running on the state directory ${stateDir}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const watch = watchProcess(database.pid, () =>
    onGone(`The database ended unexpectedly; start again (its messages are in ${stateDir}/postgres/data/log).`),
  );
  closers.push(async () => {
    clearInterval(watch);
    await holder.end().catch(() => undefined);
    await database.stop();
  });
  return database.url;
}

/** A postmaster restarts its own processes; nobody restarts it. */
function watchProcess(pid: number, onEnd: () => void): NodeJS.Timeout {
  const timer = setInterval(() => {
    if (isAlive(pid)) return;
    clearInterval(timer);
    onEnd();
  }, watchMs);
  return timer.unref();
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

/** @throws StartupError when the database cannot be reached at all. */
async function reachable<T>(databaseUrl: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const isConnection = ["ECONNREFUSED", "ENOTFOUND", "ETIMEDOUT", "EHOSTUNREACH", "28P01", "28000", "3D000"];
    if (code === undefined || !isConnection.includes(code)) throw cause;
    const { hostname, port } = new URL(databaseUrl);
    throw new StartupError(`The database at ${hostname}:${port || 5432} cannot be used: ${message || code}.`, {
      cause,
    });
  }
}

interface RepeatedWork {
  readonly everyMs: number;
  run(): Promise<unknown>;
}

async function startWork(
  services: Services,
  queue: JobQueue,
  repeated: Readonly<Record<string, RepeatedWork>>,
): Promise<void> {
  await queue.work(async (job) => {
    const work = repeated[job.name];
    await (work === undefined ? runJob(services, jobs, job) : work.run());
  });
  for (const [name, { everyMs }] of Object.entries(repeated)) await queue.repeat(name, everyMs);
}

async function listen(app: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EADDRINUSE") throw cause;
    throw new StartupError(`Port ${port} on ${host} is in use; stop what uses it or choose another port.`, { cause });
  }
}
