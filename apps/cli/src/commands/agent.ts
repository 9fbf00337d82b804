import { readFileSync } from "node:fs";
import path from "node:path";
import { EnrolmentRefused, runAgent } from "@holdfast/agent/main";
import { UnreadableError } from "@holdfast/engine/host";
import { type Command, Option } from "commander";
import { loadBuiltInPack } from "../built-in-pack.ts";
import { CommandError } from "../exit.ts";
import { stateDirectory } from "../up/state-directory.ts";

interface Flags {
  readonly server: string;
  readonly stateDir?: string;
  readonly tokenFile?: string;
  readonly withParent?: boolean;
}

export function register(program: Command): void {
  const agent = program
    .command("agent")
    .description("The program on a device: enrols once, scans by schedule and on demand.");
  agent
    .command("run")
    .description("Run this machine's agent in the foreground.")
    .requiredOption("--server <url>", "the server's address, e.g. https://holdfast.example.org")
    .option("--state-dir <dir>", "where its key and unsent results are kept")
    .option("--token-file <file>", "file with the enrolment token; needed the first time (or HOLDFAST_ENROLMENT_TOKEN)")
    .addOption(new Option("--with-parent", "end when standard input does").hideHelp())
    .addHelpText(
      "after",
      "\nExit status: 0 stopped on request, 2 wrong usage, 3 could not run.\n\nExample:\n" +
        "  sudo holdfast agent run --server https://holdfast.example.org --token-file token.txt",
    )
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
  if (flags.withParent) process.stdin.on("end", end).on("error", end).resume();
  const enrolmentToken = tokenOf(flags);
  try {
    await runAgent({
      serverUrl: flags.server,
      stateDir: flags.stateDir ?? path.join(stateDirectory(undefined), "agent"),
      ...(enrolmentToken === undefined ? {} : { enrolmentToken }),
      pack: await loadBuiltInPack(),
      signal: controller.signal,
      log: (line) => process.stderr.write(`${new Date().toISOString()} ${line}\n`),
    });
  } catch (error) {
    throw inWords(error);
  } finally {
    // An open pipe would keep the process.
    if (flags.withParent) process.stdin.destroy();
  }
}

/** What the user can do something about, as one sentence; anything else as it is. */
function inWords(error: unknown): unknown {
  if (error instanceof EnrolmentRefused || error instanceof UnreadableError)
    return new CommandError(error.message, undefined, { cause: error });
  if (error instanceof Error && "syscall" in error)
    return new CommandError(`The agent cannot run: ${error.message}`, undefined, { cause: error });
  return error;
}

function tokenOf({ tokenFile }: Flags): string | undefined {
  if (tokenFile === undefined) return process.env["HOLDFAST_ENROLMENT_TOKEN"];
  try {
    return readFileSync(tokenFile, "utf8").trim();
  } catch (error) {
    throw new CommandError(`Cannot read the enrolment token from ${tokenFile}: ${String(error)}`);
  }
}
