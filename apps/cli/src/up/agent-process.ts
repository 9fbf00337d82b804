import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";

const firstRestartMs = 1_000;
const slowestRestartMs = 60_000;
const stopTimeoutMs = 5_000;

export interface AgentProcess {
  stop(): Promise<void>;
}

export interface AgentProcessOptions {
  readonly serverUrl: string;
  readonly stateDir: string;
  /** Enrolment token; given in the environment, since anybody may read a command line. Null when it has enrolled. */
  readonly token: string | null;
  /** Gets what the agent prints. */
  readonly logFile: string;
}

/**
 * Runs this machine's agent as a process of its own and starts it again, ever more slowly, when it ends by itself. It
 * ends with us however we end: its standard input is a pipe that closes then.
 */
export function startAgentProcess(options: AgentProcessOptions): AgentProcess {
  let child: ChildProcess | null = null;
  let timer: NodeJS.Timeout | undefined;
  let restartMs = firstRestartMs;
  let stopping = false;
  const start = (): void => {
    const startedAt = performance.now();
    const started = spawnAgent(options);
    child = started;
    const ended = (): void => {
      if (child !== started) return;
      child = null;
      if (stopping) return;
      if (performance.now() - startedAt > slowestRestartMs) restartMs = firstRestartMs;
      timer = setTimeout(start, restartMs);
      restartMs = Math.min(restartMs * 2, slowestRestartMs);
    };
    // A program that cannot be started has an "error" and no "exit".
    started.once("error", ended);
    started.once("exit", ended);
  };
  start();
  return {
    async stop() {
      stopping = true;
      clearTimeout(timer);
      const running = child;
      if (running === null) return;
      const exited = new Promise((resolve) => running.once("exit", resolve).once("error", resolve));
      running.kill("SIGTERM");
      const killer = setTimeout(() => running.kill("SIGKILL"), stopTimeoutMs);
      await exited;
      clearTimeout(killer);
    },
  };
}

function spawnAgent({ serverUrl, stateDir, token, logFile }: AgentProcessOptions): ChildProcess {
  const [program, ...args] = agentCommand(serverUrl, stateDir);
  const log = openSync(logFile, "a", 0o600);
  try {
    const child = spawn(program, args, {
      stdio: ["pipe", log, log],
      env: { ...process.env, ...(token === null ? {} : { HOLDFAST_ENROLMENT_TOKEN: token }) },
    });
    child.stdin?.on("error", () => {});
    return child;
  } finally {
    closeSync(log);
  }
}

/** This program again, as agent: the same file under Node, or the single-file program itself. */
function agentCommand(serverUrl: string, stateDir: string): [string, ...string[]] {
  const script = process.argv[1];
  return [
    process.execPath,
    ...process.execArgv,
    ...(script === undefined ? [] : [script]),
    "agent",
    "run",
    "--with-parent",
    "--server",
    serverUrl,
    "--state-dir",
    stateDir,
  ];
}
