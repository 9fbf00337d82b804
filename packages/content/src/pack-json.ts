import { createHash } from "node:crypto";
import { canonicalJson } from "@holdfast/contracts/json";
import type { Benchmark, Catalogue, Check, Condition, Pack } from "./pack.ts";
import type { Parameter } from "./parameter.ts";

/** What a pack holds, before it has a digest. */
export interface PackContent {
  readonly conditions: readonly Condition[];
  readonly checks: readonly Check[];
  readonly benchmarks: readonly Benchmark[];
  readonly catalogues?: readonly Catalogue[];
  readonly parameters?: readonly Parameter[];
}

/** A pack as plain JSON: what a build embeds and a release signs. */
export interface PackJson extends PackContent {
  readonly digest: string;
}

/** The frozen pack of some content. Its digest does not depend on the order of files, checks or conditions. */
export function packFrom(content: PackContent): Pack {
  const sorted: PackContent = {
    conditions: [...content.conditions].sort(byId),
    checks: [...content.checks].sort(byId),
    benchmarks: [...content.benchmarks].sort((a, b) => byId(a, b) || (a.version < b.version ? -1 : 1)),
    ...someOthers(content),
  };
  freezeDeeply(sorted);
  return Object.freeze({
    digest: digestOf(sorted),
    conditions: new Map(sorted.conditions.map((condition) => [condition.id, condition])),
    checks: new Map(sorted.checks.map((check) => [check.id, check])),
    benchmarks: sorted.benchmarks,
    ...someOthers(sorted),
  });
}

export function packToJson(pack: Pack): PackJson {
  return {
    digest: pack.digest,
    conditions: [...pack.conditions.values()],
    checks: [...pack.checks.values()],
    benchmarks: pack.benchmarks,
    ...someOthers(pack),
  };
}

/**
 * The pack that `packToJson` made. It was validated when it was built, so that its digest vouches for its shape.
 *
 * @throws Error when its content does not have the digest it names: it is damaged or was changed.
 */
export function packFromJson(json: unknown): Pack {
  if (!isPackJson(json)) throw new Error("This is not a content pack.");
  const pack = packFrom(json);
  if (pack.digest !== json.digest)
    throw new Error(`The content pack is damaged: it names digest ${json.digest} but has ${pack.digest}.`);
  return pack;
}

function isPackJson(json: unknown): json is PackJson {
  if (typeof json !== "object" || json === null) return false;
  const list = (key: string): boolean => Array.isArray(Reflect.get(json, key));
  return typeof Reflect.get(json, "digest") === "string" && ["conditions", "checks", "benchmarks"].every(list);
}

/** Catalogues and parameters, sorted; those there are, so that a pack without has the digest it always had. */
function someOthers({
  catalogues = [],
  parameters = [],
}: Pick<PackContent, "catalogues" | "parameters">): Pick<PackContent, "catalogues" | "parameters"> {
  return {
    ...(catalogues.length === 0 ? {} : { catalogues: [...catalogues].sort(byId) }),
    ...(parameters.length === 0 ? {} : { parameters: [...parameters].sort(byId) }),
  };
}

function digestOf(content: PackContent): string {
  const { conditions, checks, benchmarks } = content;
  const json = canonicalJson({ conditions, checks, benchmarks, ...someOthers(content) });
  return createHash("sha256").update(json, "utf8").digest("hex");
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function freezeDeeply(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const member of Object.values(value)) freezeDeeply(member);
}
