import { existsSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Benchmark, Pack } from "@holdfast/content/pack";
import { findBenchmark } from "@holdfast/content/resolve-benchmark";
import type { DeviceFindings } from "@holdfast/contracts/own-api";
import type { RunningServer } from "@holdfast/server/main";
import type { Command } from "commander";
import { loadBuiltInPack } from "../built-in-pack.ts";
import { CommandError } from "../exit.ts";
import { progressLine } from "../render/progress-line.ts";
import { type Style, styleFor } from "../render/style.ts";
import { countNeedingRoot, worstFirst } from "../render/table.ts";
import { type AgentProcess, startAgentProcess } from "../up/agent-process.ts";
import { type ApiClient, ApiRequestError, apiClient } from "../up/api-client.ts";
import { dashboardDirectory } from "../up/dashboard-directory.ts";
import { type FirstRun, readFirstRun, writeFirstRun } from "../up/first-run.ts";
import { scanAndWait, waitForDevice } from "../up/first-scan.ts";
import { inWords } from "../up/in-words.ts";
import { lockInstance } from "../up/instance-lock.ts";
import { prepareLogFile } from "../up/log-file.ts";
import { openBrowser } from "../up/open-browser.ts";
import { portOf, requireFreePort } from "../up/port.ts";
import { prepareStateDirectory, stateDirectory } from "../up/state-directory.ts";
import { aborted, stopRequested } from "../up/stop-signal.ts";

interface Flags {
  readonly port?: string;
  readonly stateDir?: string;
  readonly open: boolean;
}

const host = "127.0.0.1";
/** How long a database that is gone takes to be noticed, and a server without one to close. */
const noticeMs = 2_000;

export function register(program: Command): void {
  program
    .command("up")
    .description("Start server, database and this machine's agent; scan this machine and show the score.")
    .option("--port <port>", "port of the dashboard and the interfaces (HOLDFAST_PORT; default 8423)")
    .option("--state-dir <dir>", "where everything is kept (HOLDFAST_STATE_DIR; default in the user's data directory)")
    .option("--no-open", "do not open the dashboard in a browser")
    .addHelpText(
      "after",
      "\nStays in the foreground; Ctrl-C stops everything. How to sign in is in STATE-DIR/first-run.json.\n\n" +
        "Exit status: 0 stopped on request, 2 wrong usage, 3 could not start.\n\nExamples:\n  holdfast up\n" +
        "  holdfast up --port 9000 --state-dir ~/holdfast --no-open\n  DATABASE_URL=postgres://… holdfast up",
    )
    .action(runUp);
}

async function runUp(flags: Flags): Promise<void> {
  const stop = stopRequested();
  const port = portOf(flags.port);
  const stateDir = stateDirectory(flags.stateDir);
  prepareStateDirectory(stateDir);
  const unlock = lockInstance(stateDir);
  const started: Started = { server: null, agent: null, broken: null };
  try {
    await requireFreePort(port, host);
    started.broken = await bringUp({ port, stateDir, open: flags.open, stop }, started);
    if (started.broken !== null) throw new CommandError(started.broken);
    step("Stopping …");
  } catch (error) {
    // A Ctrl-C reaches the database's programs too: what breaks after it is part of stopping.
    if (!stop.aborted) throw inWords(error, stateDir);
  } finally {
    await started.agent?.stop();
    await close(started);
    unlock();
  }
}

interface Settings {
  readonly port: number;
  readonly stateDir: string;
  /** Whether the dashboard is to be opened in a browser. */
  readonly open: boolean;
  readonly stop: AbortSignal;
}

/** What has to be ended again, however far the start came. */
interface Started {
  server: RunningServer | null;
  agent: AgentProcess | null;
  /** Why it cannot go on. */
  broken: string | null;
}

/** Waits for an orderly end; not for long where the database is gone, since then it may never come. */
async function close({ server, broken }: Started): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  const patience = broken === null ? [] : [sleep(noticeMs, undefined, { signal }).catch(() => undefined)];
  await Promise.race([server?.close(), ...patience]);
  controller.abort();
}

/** Starts everything and stays until asked to stop: null then, or a sentence when it cannot go on. */
async function bringUp({ port, stateDir, open, stop }: Settings, started: Started): Promise<string | null> {
  step(`State directory ${stateDir}`);
  step(readFirstRun(stateDir) === null ? "Creating the database …" : "Starting the database …");
  const logFile = prepareLogFile(path.join(stateDir, "agent.log"));
  const agentDir = path.join(stateDir, "agent");
  const pack = await loadBuiltInPack();
  const server = await startServerOn(port, stateDir, pack);
  started.server = server;
  const known = readFirstRun(stateDir);
  if (known === null) throw new CommandError(missingFirstRun(stateDir));
  const enrolled = existsSync(path.join(agentDir, "agent.json"));
  const token = enrolled ? null : await server.issueEnrolmentToken(known.orgId);
  started.agent = startAgentProcess({ serverUrl: server.url, stateDir: agentDir, token, logFile });
  const api = apiClient(server.url, known.apiToken);
  const welcome = async (): Promise<null> => {
    const deviceId = (enrolled ? known.deviceId : null) ?? (await enrolThisMachine(api, stateDir, stop));
    if (deviceId === null) return null;
    const firstRun = { ...known, url: server.url, deviceId };
    if (JSON.stringify(firstRun) !== JSON.stringify(known)) await writeFirstRun(stateDir, firstRun);
    ready(firstRun, stateDir);
    if (open) openBrowser(server.url);
    await firstScan(api, deviceId, (id) => findBenchmark(pack, id), stop).catch(async (error) => {
      // A database that is gone is all there is to say.
      const broken = await Promise.race([sleep(noticeMs, null), server.broken]);
      if (broken === null && !stop.aborted) explainScanFailure(error);
    });
    await aborted(stop);
    return null;
  };
  return Promise.race([welcome(), server.broken]);
}

/** Loads the server only now, since every other command starts quicker without it. */
async function startServerOn(port: number, stateDir: string, pack: Pack): Promise<RunningServer> {
  const logFile = prepareLogFile(path.join(stateDir, "server.log"));
  const { startServer } = await import("@holdfast/server/main");
  return startServer({
    host,
    port,
    stateDir,
    dashboardDir: dashboardDirectory(),
    pack,
    logFile,
    saveFirstRun: ({ email, password, apiToken, orgId }) =>
      writeFirstRun(stateDir, { url: `http://${host}:${port}`, email, password, apiToken, orgId, deviceId: null }),
  });
}

async function enrolThisMachine(api: ApiClient, stateDir: string, stop: AbortSignal): Promise<string | null> {
  step("Enrolling this machine …");
  const deviceId = await waitForDevice(api, null, stop);
  if (deviceId === null && !stop.aborted) {
    const log = path.join(stateDir, "agent.log");
    throw new CommandError(`This machine's agent did not enrol within a minute; its messages are in ${log}.`);
  }
  return deviceId;
}

function ready({ url, email, password }: FirstRun, stateDir: string): void {
  const style = styleFor(process.stdout);
  print("", `${style.bold("Holdfast is ready:")} ${style.cyan(url)}`);
  print(`Sign in as ${style.bold(email)} with the password ${style.bold(password)}`);
  print(style.dim(`(also in ${path.join(stateDir, "first-run.json")}, with an API token for scripts)`), "");
}

async function firstScan(
  api: ApiClient,
  deviceId: string,
  benchmarkOf: (id: string) => Benchmark | null,
  stop: AbortSignal,
): Promise<void> {
  if ((await waitForDevice(api, deviceId, stop)) === null) {
    if (!stop.aborted) say("This machine's agent is not connected yet; its result will be in the dashboard.");
    return;
  }
  const progress = progressLine(process.stderr, "Scanning this machine");
  const found = await scanAndWait(api, deviceId, progress.update, stop).finally(progress.clear);
  if (stop.aborted) return;
  if (found === null) return say("The scan has not finished yet; its result will be in the dashboard.");
  const name = benchmarkOf(`${found.benchmark.id}@${found.benchmark.version}`)?.title ?? found.benchmark.title;
  for (const line of scoreLines(found, name, styleFor(process.stdout))) print(line);
}

/** The score with the worst failures, and how to get an answer for what could not be read. */
function scoreLines(found: DeviceFindings, benchmark: string, style: Style): string[] {
  const { score, riskLevel, counts } = found.result;
  const scored = score === null ? "No score: nothing was evaluated" : `Score ${score.toFixed(1)}, risk ${riskLevel}`;
  const needRoot = countNeedingRoot(found.findings);
  return [
    style.bold(`${scored} — ${benchmark} v${found.benchmark.version}, Level ${found.level} – ${found.profile}`),
    `${counts.pass} pass, ${counts.fail} fail, ${counts.error} error, ${counts.not_applicable} not applicable, ` +
      `${counts.manual} manual, ${counts.not_ported} not ported`,
    ...worstFirst(found.findings, style),
    ...(needRoot === 0
      ? []
      : ["", style.yellow(`${needRoot} checks need root to be read: stop this and run sudo npm start.`)]),
  ];
}

function explainScanFailure(error: unknown): void {
  if (!(error instanceof ApiRequestError) && !(error instanceof TypeError)) throw error;
  say(`The first scan could not be started: ${error.message}. Start it in the dashboard.`);
}

function missingFirstRun(stateDir: string): string {
  return `${path.join(stateDir, "first-run.json")} is gone, so this machine's agent cannot be looked up; put it back or choose a new --state-dir.`;
}

function print(...lines: string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** What it is at: for people who watch. */
function step(text: string): void {
  if (process.stderr.isTTY) say(text);
}
