import path from "node:path";
import type { Benchmark, Check, Pack } from "@holdfast/content/pack";
import type { ParameterValues } from "@holdfast/content/parameter";
import { StateChangedError } from "@holdfast/engine/changes";
import { NotPlannableError } from "@holdfast/engine/execute";
import { LockedError } from "@holdfast/engine/execution-lock";
import { UnreadableError, type WritableHost } from "@holdfast/engine/host";
import { directoryHost } from "@holdfast/engine/hosts/directory";
import { localHost } from "@holdfast/engine/hosts/local";
import { JournalError } from "@holdfast/engine/journal";
import { loadBuiltInPack } from "./built-in-pack.ts";
import { CommandError, exitCode } from "./exit.ts";
import { chooseBenchmark } from "./scan-device.ts";
import { readSiteValues } from "./site-values.ts";
import { stateDirectory } from "./up/state-directory.ts";

export interface CheckFlags {
  /** A recommendation's number, e.g. "3.3.1", or a check's id. */
  readonly check: string;
  readonly benchmark?: string;
  readonly root?: string;
  /** The texts of `--set`. */
  readonly set: readonly string[];
}

/** One check of one benchmark on one machine. */
export interface OpenCheck {
  readonly pack: Pack;
  readonly benchmark: Benchmark;
  readonly check: Check;
  /** Its number in the benchmark. */
  readonly number: string;
  readonly host: WritableHost;
  /** "/" or the image's directory, absolute. */
  readonly root: string;
  /** What the site chooses; the pack's defaults count for the rest. */
  readonly parameters: ParameterValues;
}

/** Finds the check a user named, on the machine they named. @throws CommandError in words for the user. */
export async function openCheck(flags: CheckFlags): Promise<OpenCheck> {
  const pack = await loadBuiltInPack();
  const parameters = readSiteValues(pack, flags.set);
  const root = flags.root === undefined ? "/" : path.resolve(flags.root);
  const host = await openWritableHost(root);
  const benchmark = chooseBenchmark(pack, await host.platform().catch(inWords), flags.benchmark);
  const recommendation = benchmark.recommendations.find(
    ({ number, check }) => number === flags.check || check === flags.check,
  );
  const check = recommendation && pack.checks.get(recommendation.check);
  if (recommendation === undefined || check === undefined) {
    const name = `${benchmark.id}@${benchmark.version}`;
    throw new CommandError(`${name} has no recommendation "${flags.check}".`, exitCode.usage);
  }
  return { pack, benchmark, check, number: recommendation.number, host, root, parameters };
}

/** @param root "/" for this machine, else an image's directory. @throws CommandError */
export async function openWritableHost(root: string): Promise<WritableHost> {
  return root === "/" ? localHost() : directoryHost(root).catch(inWords);
}

/** Where executions on this machine, and on images changed from it, are journaled. */
export function journalDirectory(stateDir: string | undefined): string {
  return path.join(stateDirectory(stateDir), "journal");
}

/** Changing this machine takes root; an image only takes write permission. @throws CommandError */
export function requireRoot(host: WritableHost): void {
  if (host.live && !host.privileged) throw new CommandError("Changing this machine needs root; run it with sudo.");
}

/** Turns what the engine refuses for a good reason into a sentence and status 3; anything else is a defect and stays. */
export function inWords(error: unknown): never {
  const known = [StateChangedError, NotPlannableError, LockedError, JournalError, UnreadableError];
  if (error instanceof Error && known.some((type) => error instanceof type))
    throw new CommandError(sentence(error.message), exitCode.failed, { cause: error });
  // The system refused a file of ours, such as the journal of another user: its message names the file.
  if (error instanceof Error && "syscall" in error)
    throw new CommandError(sentence(error.message), exitCode.failed, { cause: error });
  throw error;
}

function sentence(text: string): string {
  const capitalised = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capitalised) ? capitalised : `${capitalised}.`;
}
