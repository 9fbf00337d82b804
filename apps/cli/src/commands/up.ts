import path from "node:path";
import type { Benchmark } from "@holdfast/content/pack";
import { findBenchmark } from "@holdfast/content/resolve-benchmark";
import type { DeviceFindings } from "@holdfast/contracts/own-api";
import { type RunningServer, startServer } from "@holdfast/server/main";
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
import { lockInstance } from "../up/instance-lock.ts";
import { openBrowser } from "../up/open-browser.ts";
import { portOf, requireFreePort } from "../up/port.ts";
import { prepareStateDirectory, stateDirectory } from "../up/state-directory.ts";

interface Flags {
  readonly port?: string;
  readonly stateDir?: string;
  readonly open: boolean;
}

const host = "127.0.0.1";

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
  let server: RunningServer | null = null;
  let agent: AgentProcess | null = null;
  try {
    await requireFreePort(port, host);
    say(`State directory ${stateDir}`);
    say(readFirstRun(stateDir) === null ? "Creating the database …" : "Starting the database …");
    const pack = await loadBuiltInPack();
    server = await startServer({ host, port, stateDir, dashboardDir: dashboardDirectory(), pack });
    const known = readFirstRun(stateDir);
    const credentials = server.firstRun ?? known;
    if (credentials === null) throw new CommandError(missingFirstRun(stateDir));
    const enrolled = known?.deviceId ?? null;
    const token = enrolled === null ? await server.issueEnrolmentToken(credentials.orgId) : null;
    agent = startAgentProcess(server.url, path.join(stateDir, "agent"), token);
    const api = apiClient(server.url, credentials.apiToken);
    const deviceId = enrolled ?? (await enrolThisMachine(api, stop));
    if (deviceId !== null) {
      const firstRun: FirstRun = { ...pick(credentials), url: server.url, deviceId };
      if (JSON.stringify(firstRun) !== JSON.stringify(known)) await writeFirstRun(stateDir, firstRun);
      ready(firstRun, stateDir);
      if (flags.open) openBrowser(server.url);
      await firstScan(api, deviceId, (id) => findBenchmark(pack, id), stop).catch(explainScanFailure);
    }
    await stopped(stop);
    say("Stopping …");
  } finally {
    await agent?.stop();
    await server?.close();
    unlock();
  }
}

function pick({
  email,
  password,
  apiToken,
  orgId,
}: Omit<FirstRun, "url" | "deviceId">): Omit<FirstRun, "url" | "deviceId"> {
  return { email, password, apiToken, orgId };
}

async function enrolThisMachine(api: ApiClient, stop: AbortSignal): Promise<string | null> {
  say("Enrolling this machine …");
  const deviceId = await waitForDevice(api, null, stop);
  if (deviceId === null && !stop.aborted)
    throw new CommandError("This machine's agent did not enrol within a minute; its messages are above.");
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
  if ((await waitForDevice(api, deviceId, stop)) === null) return;
  const progress = progressLine(process.stderr, "Scanning this machine");
  const found = await scanAndWait(api, deviceId, progress.update, stop).finally(progress.clear);
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

/** Aborts on the first SIGINT, SIGTERM or SIGHUP; a second one ends the process at once. */
function stopRequested(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => (controller.signal.aborted ? process.exit(130) : controller.abort()));
  }
  return controller.signal;
}

async function stopped(stop: AbortSignal): Promise<void> {
  if (stop.aborted) return;
  await new Promise<void>((resolve) => stop.addEventListener("abort", () => resolve(), { once: true }));
}

function print(...lines: string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
