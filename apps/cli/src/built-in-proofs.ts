import { gunzipSync } from "node:zlib";
import type { Pack } from "@holdfast/content/pack";
import { loadProofs, type Proofs } from "@holdfast/content/proofs";
import { proofsFromJson } from "@holdfast/content/proofs-json";
import { checkoutContentDirectory } from "./built-in-pack.ts";
import { CommandError } from "./exit.ts";

/** Set by the build: the proofs as JSON, gzipped, in base64. Undefined when run from source. */
declare const HOLDFAST_EMBEDDED_PROOFS: string | undefined;

/** The proofs of the built-in pack's checks: embedded by the build, or compiled from the checkout's content/. */
export async function loadBuiltInProofs(pack: Pack): Promise<Proofs> {
  if (typeof HOLDFAST_EMBEDDED_PROOFS !== "undefined") {
    const text = gunzipSync(Buffer.from(HOLDFAST_EMBEDDED_PROOFS, "base64")).toString("utf8");
    return proofsFromJson(JSON.parse(text));
  }
  const directory = checkoutContentDirectory();
  if (directory === null) throw new CommandError("No content found: run the build first (npm run build).");
  const { proofs, problems } = await loadProofs(directory, pack);
  const [first] = problems;
  if (first) throw new CommandError(`${first.file}:${first.line}: ${first.message} (holdfast content test lists all)`);
  return proofs;
}
