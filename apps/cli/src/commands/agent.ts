import { readFileSync } from "node:fs";
import path from "node:path";
import { runAgent } from "@holdfast/agent/main";
import type { Command } from "commander";
import { loadBuiltInPack } from "../built-in-pack.ts";
import { CommandError } from "../exit.ts";
import { stateDirectory } from "../up/state-directory.ts";

interface Flags {
  readonly server: string;
  readonly stateDir?: string;
  readonly tokenFile?: string;
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
    .addHelpText(
      "after",
      "\nExit status: 0 stopped on request, 2 wrong usage, 3 could not run.\n\nExample:\n" +
        "  sudo holdfast agent run --server https://holdfast.example.org --token-file token.txt",
    )
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => controller.abort());
  const enrolmentToken = tokenOf(flags);
  await runAgent({
    serverUrl: flags.server,
    stateDir: flags.stateDir ?? path.join(stateDirectory(undefined), "agent"),
    ...(enrolmentToken === undefined ? {} : { enrolmentToken }),
    pack: await loadBuiltInPack(),
    signal: controller.signal,
    log: (line) => process.stderr.write(`agent: ${line}\n`),
  });
}

function tokenOf({ tokenFile }: Flags): string | undefined {
  if (tokenFile === undefined) return process.env["HOLDFAST_ENROLMENT_TOKEN"];
  try {
    return readFileSync(tokenFile, "utf8").trim();
  } catch (error) {
    throw new CommandError(`Cannot read the enrolment token from ${tokenFile}: ${String(error)}`);
  }
}
