import type { Pack } from "@holdfast/content/pack";
import type { Proof, Proofs } from "@holdfast/content/proofs";
import type { Facts } from "@holdfast/contracts/fact";
import { draftProofs } from "../draft-proofs.ts";
import { proofFileText } from "./proof-file-text.ts";
import { type GivenFacts, givenItem, proofItems } from "./proofs-yaml.ts";

export interface FileDraft {
  /** The proof file's new text; null when nothing is to be added. */
  readonly text: string | null;
  /** How many proofs were drafted. */
  readonly drafted: number;
  /** What is left for a person to write, by check id. */
  readonly lacking: ReadonlyMap<string, readonly string[]>;
}

export interface FileDraftOptions {
  /** The check file's ids, in order. */
  readonly checkIds: readonly string[];
  /** The proof file as it is; null when there is none. */
  readonly existing: string | null;
  /** The facts under its `_given`, by name. */
  readonly given: ReadonlyMap<string, Facts>;
  /** Draft these checks only; all of the file when left out. */
  readonly only?: ReadonlySet<string>;
  /** Draft anew, instead of adding to the proofs there are. */
  readonly replace?: boolean;
}

/** Drafts what the checks of one file lack; see draftProofs. */
export function draftFile(pack: Pack, proofs: Proofs, options: FileDraftOptions): FileDraft {
  const { checkIds, existing, only, replace = false } = options;
  const isOwn = (name: string): boolean => checkIds.includes(name) && (only === undefined || only.has(name));
  const items = new Map<string, string>();
  const given: GivenFacts = new Map(replace ? [...options.given].filter(([name]) => !isOwn(name)) : options.given);
  const lacking = new Map<string, readonly string[]>();
  const replaced = new Set<string>();
  let drafted = 0;
  for (const id of checkIds) {
    const check = pack.checks.get(id);
    if (check === undefined || (only !== undefined && !only.has(id))) continue;
    const kept: readonly Proof[] = replace ? [] : (proofs.get(id) ?? []);
    const draft = draftProofs(check, kept, pack);
    if (draft.lacking.length > 0) lacking.set(id, draft.lacking);
    if (draft.proofs.length === 0) continue;
    if (replace) replaced.add(id);
    drafted += draft.proofs.length;
    items.set(id, proofItems(check, draft.proofs, pack, given));
  }
  if (items.size === 0) return { text: null, drafted, lacking };
  const givenText = new Map([...given].map(([name, facts]) => [name, givenItem(name, facts)]));
  return { text: proofFileText(existing, checkIds, items, givenText, replaced), drafted, lacking };
}
