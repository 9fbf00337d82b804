import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { checkIdsByFile } from "@holdfast/content/load-pack";
import { draftFile } from "@holdfast/engine/draft/draft-file";
import { CommandError } from "../exit.ts";
import type { Content } from "./open-content.ts";

export interface DraftReport {
  /** Proof files written, relative to the content directory. */
  readonly files: readonly string[];
  readonly drafted: number;
  /** What a person has to write, by check id. */
  readonly lacking: Readonly<Record<string, readonly string[]>>;
}

/** Drafts what proofs are missing and writes them beside the checks. @throws CommandError for an id that does not exist. */
export async function writeDrafts(
  content: Content,
  dir: string,
  ids: readonly string[],
  replace: boolean,
): Promise<DraftReport> {
  for (const id of ids) if (!content.pack.checks.has(id)) throw new CommandError(`No check "${id}".`);
  const files: string[] = [];
  const lacking: Record<string, readonly string[]> = {};
  let drafted = 0;
  for (const [checkFile, checkIds] of await checkIdsByFile(dir)) {
    const proofFile = checkFile.replace(/\.yaml$/, ".proofs.yaml");
    const draft = draftFile(content.pack, content.proofs, {
      checkIds,
      existing: await readFile(path.join(dir, proofFile), "utf8").catch(() => null),
      given: content.given.get(proofFile) ?? new Map(),
      replace,
      ...(ids.length === 0 ? {} : { only: new Set(ids) }),
    });
    drafted += draft.drafted;
    for (const [id, reasons] of draft.lacking) lacking[id] = reasons;
    if (draft.text === null) continue;
    await writeFile(path.join(dir, proofFile), draft.text);
    files.push(proofFile);
  }
  return { files, drafted, lacking };
}

export function renderDraftReport({ files, drafted, lacking }: DraftReport): string {
  const missing = Object.entries(lacking).flatMap(([id, reasons]) => reasons.map((reason) => `${id}: ${reason}`));
  const outcome = missing.length === 0 ? "" : ` ${missing.length} things are left to write by hand, above.`;
  return `${[...files.map((file) => `wrote ${file}`), ...missing, `${drafted} proofs drafted.${outcome}`].join("\n")}\n`;
}
