import { type ChildProcess, spawn } from "node:child_process";

const firstRestartMs = 1_000;
const slowestRestartMs = 60_000;
const stopTimeoutMs = 5_000;

export interface AgentProcess {
  stop(): Promise<void>;
}

/**
 * Runs this machine's agent as a process of its own and starts it again, ever more slowly, when it ends by itself.
 *
 * @param token enrolment token; given in the environment, since anybody may read a command line.
 */
export function startAgentProcess(serverUrl: string, stateDir: string, token: string | null): AgentProcess {
  let child: ChildProcess | null = null;
  let timer: NodeJS.Timeout | undefined;
  let restartMs = firstRestartMs;
  let stopping = false;
  const start = (): void => {
    const startedAt = performance.now();
    const [program, ...args] = agentCommand(serverUrl, stateDir);
    child = spawn(program, args, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, ...(token === null ? {} : { HOLDFAST_ENROLMENT_TOKEN: token }) },
    });
    child.once("error", () => {});
    child.once("exit", () => {
      child = null;
      if (stopping) return;
      restartMs =
        performance.now() - startedAt > slowestRestartMs ? firstRestartMs : Math.min(restartMs * 2, slowestRestartMs);
      timer = setTimeout(start, restartMs);
    });
  };
  start();
  return {
    async stop() {
      stopping = true;
      clearTimeout(timer);
      const running = child;
      if (running === null) return;
      const exited = new Promise((resolve) => running.once("exit", resolve));
      running.kill("SIGTERM");
      const killer = setTimeout(() => running.kill("SIGKILL"), stopTimeoutMs);
      await exited;
      clearTimeout(killer);
    },
  };
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
    "--server",
    serverUrl,
    "--state-dir",
    stateDir,
  ];
}
