import { existsSync } from "node:fs";
import path from "node:path";
import { loadPack } from "@holdfast/content/load-pack";
import type { Pack } from "@holdfast/content/pack";
import { formatProblem, type Problem } from "@holdfast/content/problem";
import { type LoadedProofs, loadProofs } from "@holdfast/content/proofs";
import { checkoutContentDirectory, kinds, loadBuiltInPack } from "../built-in-pack.ts";
import { CommandError, exitCode } from "../exit.ts";

/** Content to look at or work on. */
export interface Content extends LoadedProofs {
  readonly pack: Pack;
  /** Where it was read from; null for the pack built into the program, which has no proofs. */
  readonly dir: string | null;
}

/** The directory asked for, else ./content, else the checkout's; null when there is none. */
export function findContentDirectory(asked: string | undefined): string | null {
  if (asked !== undefined) {
    if (!existsSync(path.join(asked, "checks")))
      throw new CommandError(`${asked} is no content directory: it has no checks/.`);
    return asked;
  }
  const here = path.resolve("content");
  if (existsSync(path.join(here, "checks")) && existsSync(path.join(here, "benchmarks"))) return here;
  return checkoutContentDirectory();
}

/** @throws CommandError when there is no directory, as with an installed program. */
export function requireContentDirectory(asked: string | undefined): string {
  const dir = findContentDirectory(asked);
  if (dir === null) throw new CommandError("No content directory here: run this in a checkout or name one with --dir.");
  return dir;
}

/** The content with all its problems, of the pack and of the proofs. */
export async function readContentDirectory(dir: string): Promise<Content> {
  const { pack, problems } = await loadPack(dir, kinds);
  const loaded = await loadProofs(dir, pack);
  return { dir, pack, ...loaded, problems: [...problems, ...loaded.problems] };
}

/** The content of the directory asked for or found, else the built-in pack. @throws CommandError when it is invalid. */
export async function openContent(asked: string | undefined): Promise<Content> {
  const dir = findContentDirectory(asked);
  if (dir === null) return { dir, pack: await loadBuiltInPack(), proofs: new Map(), given: new Map(), problems: [] };
  const content = await readContentDirectory(dir);
  refuseInvalid(content.problems, dir);
  return content;
}

/** @throws CommandError with the first problem. */
export function refuseInvalid(problems: readonly Problem[], dir: string): void {
  const [first] = problems;
  if (first === undefined) return;
  const more = problems.length === 1 ? "" : ` (and ${problems.length - 1} more: holdfast content validate)`;
  throw new CommandError(`${path.join(dir, formatProblem(first))}${more}`, exitCode.notGood);
}
