import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FactAddress, Facts, Observation } from "@holdfast/contracts/fact";
import type { Json } from "@holdfast/contracts/json";
import type { Verdict } from "@holdfast/contracts/verdict";
import { Value } from "typebox/value";
import { isRecord } from "./compile-context.ts";
import { expectationsOf } from "./expression.ts";
import { contentFiles } from "./load-pack.ts";
import { suggestion } from "./nearest-name.ts";
import type { Check, Pack } from "./pack.ts";
import type { Problem } from "./problem.ts";
import { FactsSource, ProofSource } from "./proof-file.ts";
import { shapeProblems } from "./shape-problems.ts";
import { parseYamlSource, type YamlPath, type YamlSource } from "./yaml-source.ts";

/** A recorded set of facts and the verdict a check must give on it. */
export interface Proof {
  /** What the facts show, e.g. "not set at boot". */
  readonly name: string;
  readonly verdict: Verdict;
  /** The shared facts of `given` with the proof's own on top. */
  readonly facts: Facts;
}

/** The proofs of each check that has any, in the order of the files. */
export type Proofs = ReadonlyMap<string, readonly Proof[]>;

export interface LoadedProofs {
  readonly proofs: Proofs;
  /** The named facts under `_given` of each file. */
  readonly given: ReadonlyMap<string, ReadonlyMap<string, Facts>>;
  readonly problems: readonly Problem[];
}

/** Loads every `checks/<os>/<topic>.proofs.yaml` of a content directory. Use the proofs only when there are no problems. */
export async function loadProofs(dir: string, pack: Pack): Promise<LoadedProofs> {
  const files = (await contentFiles(dir)).filter((file) => file.endsWith(".proofs.yaml"));
  const sources = await Promise.all(
    files.map(async (file) => parseYamlSource(file, await readFile(join(dir, file), "utf8"))),
  );
  return compileProofs(sources, pack);
}

export function compileProofs(sources: readonly YamlSource[], pack: Pack): LoadedProofs {
  const givenByFile = new Map<string, ReadonlyMap<string, Facts>>();
  const proofs = new Map<string, readonly Proof[]>();
  const problems: Problem[] = [];
  for (const source of sources) {
    problems.push(...source.problems);
    if (source.value === null) continue;
    if (!isRecord(source.value)) {
      problems.push(source.problemAt([], "must map check ids to lists of proofs"));
      continue;
    }
    const { _given: given, ...lists } = source.value;
    const shared = compileGiven(given, source, problems);
    givenByFile.set(source.file, shared);
    for (const [id, list] of Object.entries(lists)) {
      const check = pack.checks.get(id);
      if (check === undefined)
        problems.push(source.problemAt([id], `no check "${id}"${suggestion(id, pack.checks.keys())}`));
      else if (proofs.has(id))
        problems.push(source.problemAt([id], `another file already has proofs of "${id}"; keep them together`));
      else proofs.set(id, compileList(check, list, { source, shared, problems, pack }));
    }
  }
  return { proofs, given: givenByFile, problems };
}

interface ProofContext {
  readonly source: YamlSource;
  readonly shared: ReadonlyMap<string, Facts>;
  readonly problems: Problem[];
  readonly pack: Pack;
}

function compileList(check: Check, list: unknown, context: ProofContext): Proof[] {
  const { source, shared, problems, pack } = context;
  if (!Array.isArray(list)) {
    problems.push(source.problemAt([check.id], "must be a list of proofs"));
    return [];
  }
  const addresses = addressesJudged(check, pack);
  const names = new Set<string>();
  return list.flatMap((raw: unknown, index): Proof[] => {
    const path = [check.id, index];
    if (!Value.Check(ProofSource, raw)) {
      problems.push(...shapeProblems(source, path, ProofSource, raw));
      return [];
    }
    if (names.has(raw.name)) problems.push(source.problemAt(path, `another proof is named "${raw.name}" too`));
    names.add(raw.name);
    const facts = new Map<FactAddress, Observation>();
    for (const [place, name] of (raw.given ?? []).entries()) {
      const set = shared.get(name);
      if (set === undefined)
        problems.push(
          source.problemAt(
            [...path, "given", place],
            `no facts "${name}" under _given${suggestion(name, shared.keys())}`,
          ),
        );
      for (const [address, observation] of set ?? []) facts.set(address, observation);
    }
    for (const [address, observation] of observationsOf(raw.facts ?? {}, [...path, "facts"], source, problems)) {
      if (!addresses.has(address))
        problems.push(
          source.problemAt(
            [...path, "facts", address],
            `the check does not look at ${address}${suggestion(address, addresses)}`,
          ),
        );
      facts.set(address, observation);
    }
    return [{ name: raw.name, verdict: raw.verdict, facts }];
  });
}

function compileGiven(given: unknown, source: YamlSource, problems: Problem[]): Map<string, Facts> {
  if (given === undefined) return new Map();
  if (!isRecord(given)) {
    problems.push(source.problemAt(["_given"], "must map names to facts"));
    return new Map();
  }
  return new Map(
    Object.entries(given).map(([name, raw]) => {
      const path = ["_given", name];
      problems.push(...shapeProblems(source, path, FactsSource, raw));
      return [name, new Map(isRecord(raw) ? observationsOf(raw, path, source, problems) : [])];
    }),
  );
}

function observationsOf(
  facts: Readonly<Record<string, unknown>>,
  path: YamlPath,
  source: YamlSource,
  problems: Problem[],
): [FactAddress, Observation][] {
  return Object.entries(facts).map(([address, value]) => {
    if (!isRecord(value) || !("$error" in value)) return [address, { state: jsonOf(value) }];
    const { $error: message } = value;
    if (typeof message !== "string")
      problems.push(source.problemAt([...path, address, "$error"], "must say in a sentence why it could not be read"));
    return [address, { error: { code: "unreadable", message: String(message) } }];
  });
}

/** YAML without custom tags holds nothing but JSON. */
function jsonOf(value: unknown): Json {
  return value as Json;
}

/** Every address the check's verdict can depend on, those of its conditions included. */
export function addressesJudged(check: Check, pack: Pick<Pack, "conditions">): ReadonlySet<FactAddress> {
  const addresses = new Set<FactAddress>();
  const seen = new Set<string>();
  const add = (conditionOrCheck: Pick<Check, "require">): void => {
    if (conditionOrCheck.require === null) return;
    for (const { address, when } of expectationsOf(conditionOrCheck.require)) {
      addresses.add(address);
      if (when !== undefined) addCondition(when);
    }
  };
  const addCondition = (id: string): void => {
    const condition = pack.conditions.get(id);
    if (condition === undefined || seen.has(id)) return;
    seen.add(id);
    add(condition);
  };
  for (const id of check.applies) addCondition(id);
  add(check);
  return addresses;
}
