import { controlsOf } from "@holdfast/content/controls";
import { childrenOf, type Expression } from "@holdfast/content/expression";
import type { Check, Pack } from "@holdfast/content/pack";
import type { Proof } from "@holdfast/content/proofs";
import { benchmarkReference, findBenchmark } from "@holdfast/content/resolve-benchmark";
import { flowYaml } from "@holdfast/engine/draft/flow-yaml";
import { expressionInWords } from "@holdfast/engine/in-words";
import { CommandError } from "../exit.ts";
import { benchmarksOf, portingStatusOf } from "./list-content.ts";
import type { Content } from "./open-content.ts";

/** A check with everything that is known of it; what `content show --json` prints. */
export interface ShownCheck {
  readonly check: Check;
  readonly status: string;
  /** Where it is numbered, e.g. "cis-debian-12@1.1.0 3.3.1 (Level 1 – Server, Level 1 – Workstation)". */
  readonly numbers: readonly string[];
  /** The declaration as YAML lines. */
  readonly declaration: readonly string[];
  readonly inWords: readonly string[];
  /** What makes it not applicable. */
  readonly conditions: readonly {
    readonly id: string;
    readonly otherwise: string;
    readonly inWords: readonly string[];
  }[];
  readonly proofs: readonly { readonly name: string; readonly verdict: string }[];
  /** What it serves in catalogues of controls, e.g. "NIST SP 800-53 Revision 5: AC-8 System Use Notification". */
  readonly controls: readonly string[];
}

/** @throws CommandError when neither a number nor an id fits, or a number fits several checks. */
export function showCheck({ pack, proofs }: Content, numberOrId: string, reference: string | undefined): ShownCheck {
  const check = findCheck(pack, numberOrId, reference);
  const { require } = check;
  return {
    check,
    status: portingStatusOf(check),
    numbers: numbersOf(pack, check.id),
    declaration: require === null ? [] : declarationLines(require, ""),
    inWords: require === null ? [] : expressionInWords(require),
    conditions: [...conditionIds(check)].flatMap((id) => {
      const condition = pack.conditions.get(id);
      return condition === undefined
        ? []
        : [{ id, otherwise: condition.otherwise, inWords: expressionInWords(condition.require) }];
    }),
    proofs: (proofs.get(check.id) ?? []).map(({ name, verdict }: Proof) => ({ name, verdict })),
    controls: controlsOf(pack, check),
  };
}

export function renderShownCheck(shown: ShownCheck): string {
  const { check } = shown;
  const section = (heading: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ["", `${heading}:`, ...lines.map((line) => `  ${line}`)];
  return `${[
    `${check.title} [${check.id}]`,
    `${check.severity} severity, ${check.category}, ${shown.status.replace("_", " ")}`,
    ...shown.numbers,
    ...section("Not ported", check.notPorted === null ? [] : [check.notPorted]),
    ...section("Why", [check.rationale]),
    ...section("Impact", check.impact === "" ? [] : [check.impact]),
    ...section("By hand", check.remediation.split("\n")),
    ...section("Serves", shown.controls),
    ...section("Wanted", shown.inWords),
    ...section("Declaration", shown.declaration),
    ...shown.conditions.flatMap(({ id, otherwise, inWords }) =>
      section(`Condition ${id} (otherwise not applicable: ${otherwise})`, inWords),
    ),
    ...section(
      "Proofs",
      shown.proofs.map(({ name, verdict }) => `${verdict.padEnd(14)}  ${name}`),
    ),
  ].join("\n")}\n`;
}

/** The newest version of a benchmark counts. @throws CommandError also when benchmarks give the number to different checks. */
function findCheck(pack: Pack, numberOrId: string, reference: string | undefined): Check {
  const byId = pack.checks.get(numberOrId);
  if (byId !== undefined) return byId;
  const found = new Map<string, string>();
  for (const benchmark of benchmarksOf(pack, reference)) {
    const row = benchmark.recommendations.find(({ number }) => number === numberOrId);
    if (row === undefined) continue;
    if (reference !== undefined || findBenchmark(pack, benchmark.id) === benchmark) found.set(benchmark.id, row.check);
  }
  const [id, ...others] = new Set(found.values());
  const check = id === undefined ? undefined : pack.checks.get(id);
  if (check === undefined)
    throw new CommandError(`No recommendation or check "${numberOrId}"; holdfast content list shows them all.`);
  if (others.length === 0) return check;
  const each = [...found].map(([benchmark, name]) => `${name} in ${benchmark}`).join(", ");
  throw new CommandError(`${numberOrId} is ${each}: say which with --benchmark, or name the check.`);
}

function numbersOf(pack: Pack, id: string): string[] {
  return pack.benchmarks.flatMap((benchmark) =>
    benchmark.recommendations
      .filter(({ check }) => check === id)
      .map(({ number, server, workstation, assessment }) => {
        const levels = [
          ...(server === null ? [] : [`Level ${server} – Server`]),
          ...(workstation === null ? [] : [`Level ${workstation} – Workstation`]),
        ];
        return `${benchmarkReference(benchmark)} ${number} (${levels.join(", ")}; ${assessment})`;
      }),
  );
}

function conditionIds(check: Check): Set<string> {
  const ids = new Set(check.applies);
  const walk = (tree: Expression): void => {
    if (!("expectation" in tree)) for (const child of childrenOf(tree)) walk(child);
    else if (tree.expectation.when !== undefined) ids.add(tree.expectation.when);
  };
  if (check.require !== null) walk(check.require);
  return ids;
}

/** The tree as it would be written in a check file. */
function declarationLines(tree: Expression, indent: string): string[] {
  if ("expectation" in tree) {
    const { kind, target, desired, when } = tree.expectation;
    const members = { ...objectOf(target), ...objectOf(desired), ...(when === undefined ? {} : { when }) };
    return [`${indent}${kind}: ${flowYaml(members)}`];
  }
  const group = "all" in tree ? "all" : "any" in tree ? "any" : "none";
  const items = childrenOf(tree).flatMap((child) => {
    const [first = "", ...rest] = declarationLines(child, `${indent}    `);
    return [`${indent}  - ${first.trimStart()}`, ...rest];
  });
  return [`${indent}${group}:`, ...items];
}

/** Targets and desired values are objects: the loader makes them of YAML maps. */
function objectOf<T>(value: T): T & object {
  return Object(value);
}
