import { gzipSync } from "node:zlib";
import { loadPack } from "@holdfast/content/load-pack";
import { packToJson } from "@holdfast/content/pack-json";
import { loadProofs } from "@holdfast/content/proofs";
import { proofsToJson } from "@holdfast/content/proofs-json";
import { resources } from "@holdfast/engine/registry";

/*
 * Prints the compiled content pack and the proofs of its checks as JSON, for the build to embed: the pack as text, the
 * proofs as base64 of gzipped text, since only the simulator unpacks them. Exits 1 with the problems when it does not load.
 */
const directory = process.argv[2] ?? "content";
const { pack, problems } = await loadPack(directory, new Map(resources.map((resource) => [resource.kind, resource])));
const { proofs, problems: proofProblems } = await loadProofs(directory, pack);
for (const { file, line, message } of [...problems, ...proofProblems])
  process.stderr.write(`${file}:${line}: ${message}\n`);
if (problems.length + proofProblems.length > 0) process.exit(1);
process.stdout.write(
  JSON.stringify({
    pack: JSON.stringify(packToJson(pack)),
    proofs: gzipSync(JSON.stringify(proofsToJson(proofs)), { level: 9 }).toString("base64"),
  }),
);
