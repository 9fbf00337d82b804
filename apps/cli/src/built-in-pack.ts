import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { loadPack } from "@holdfast/content/load-pack";
import type { Pack } from "@holdfast/content/pack";
import { packFromJson } from "@holdfast/content/pack-json";
import { resources } from "@holdfast/engine/registry";
import { CommandError } from "./exit.ts";

/** Set by the build: the compiled content pack as JSON text. Undefined when run from source. */
declare const HOLDFAST_EMBEDDED_PACK: string | undefined;

/** The content pack this program came with: embedded by the build, or compiled from the checkout's content/. */
export async function loadBuiltInPack(): Promise<Pack> {
  if (typeof HOLDFAST_EMBEDDED_PACK !== "undefined") return packFromJson(JSON.parse(HOLDFAST_EMBEDDED_PACK));
  const directory = checkoutContentDirectory();
  if (directory === null) throw new CommandError("No content found: run the build first (npm run build).");
  const { pack, problems } = await loadPack(directory, kinds);
  const [first] = problems;
  if (first)
    throw new CommandError(`${first.file}:${first.line}: ${first.message} (holdfast content validate lists all)`);
  return pack;
}

export const kinds = new Map(resources.map((resource) => [resource.kind, resource]));

/** The checkout's content/ directory, found upwards from this file; null outside a checkout. */
export function checkoutContentDirectory(): string | null {
  for (let at = path.dirname(fileURLToPath(import.meta.url)); ; at = path.dirname(at)) {
    const manifest = path.join(at, "package.json");
    if (existsSync(path.join(at, "content", "benchmarks")) && existsSync(manifest)) {
      if (readFileSync(manifest, "utf8").includes('"holdfast-workspace"')) return path.join(at, "content");
    }
    if (at === path.dirname(at)) return null;
  }
}
