import type { AuditChain } from "@holdfast/server/main";
import type { Command } from "commander";
import { CommandError, exitCode } from "../exit.ts";
import { stateDirectory } from "../up/state-directory.ts";

interface Flags {
  readonly stateDir?: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  const audit = program.command("audit").description("The audit log: who changed what.");
  audit
    .command("verify")
    .description("Find out whether any event was edited, removed or put elsewhere.")
    .option("--state-dir <dir>", "of the embedded database (HOLDFAST_STATE_DIR); DATABASE_URL names another one")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nMay run beside a server. Each organisation's head is the hash of its newest event: written down elsewhere, it\n" +
        "proves later that nothing was cut off.\n\n" +
        "Exit status: 0 whole, 1 broken, 2 wrong usage, 3 could not be read.\n\nExample:\n  holdfast audit verify",
    )
    .action(verify);
}

async function verify(flags: Flags): Promise<void> {
  const chains = await read(stateDirectory(flags.stateDir));
  if (flags.json) process.stdout.write(`${JSON.stringify({ organisations: chains }, null, 2)}\n`);
  else for (const chain of chains) process.stdout.write(`${line(chain)}\n`);
  if (chains.some(({ broken }) => broken !== null)) process.exitCode = exitCode.notGood;
}

/** Loads the server only now, since every other command starts quicker without it. */
async function read(stateDir: string): Promise<readonly AuditChain[]> {
  const { verifyAudit } = await import("@holdfast/server/main");
  try {
    return await verifyAudit({ stateDir, databaseUrl: process.env["DATABASE_URL"] });
  } catch (error) {
    if (error instanceof Error && error.name === "StartupError") {
      throw new CommandError(error.message, undefined, { cause: error });
    }
    throw error;
  }
}

function line({ orgId, organisation, events, head, broken }: AuditChain): string {
  const name = `${organisation} (${orgId})`;
  if (broken === null) return `whole   ${name}: ${events} events, head ${head}`;
  return `BROKEN  ${name}: event ${broken.seq}: ${broken.problem}; the ${events} before it are whole`;
}
