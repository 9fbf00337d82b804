import { loadPack } from "@holdfast/content/load-pack";
import { packToJson } from "@holdfast/content/pack-json";
import { resources } from "@holdfast/engine/registry";

/* Prints the compiled content pack as JSON, for the build to embed. Exits 1 with the problems when it does not load. */
const directory = process.argv[2] ?? "content";
const { pack, problems } = await loadPack(directory, new Map(resources.map((resource) => [resource.kind, resource])));
for (const { file, line, message } of problems) process.stderr.write(`${file}:${line}: ${message}\n`);
if (problems.length > 0) process.exit(1);
process.stdout.write(JSON.stringify(packToJson(pack)));
