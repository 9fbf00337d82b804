// `npm run build:single-file [TARGET]`: one executable with the command line and the agent (no server), for machines
// without Node. TARGET as bun names it, e.g. bun-linux-arm64; this machine's by default. Needs the package registry.
import { mkdirSync } from "node:fs";
import path from "node:path";
import { buildAll, installPackages, requireNode, root, run, say } from "./prepare.mjs";

const bun = "bun@1.4.5";
const target = process.argv[2] ?? `bun-${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;

requireNode();
installPackages();
buildAll();
const outfile = path.join(root, "dist", target.replace(/^bun-/, "holdfast-"));
mkdirSync(path.dirname(outfile), { recursive: true });
run("npx", [
  "--yes",
  bun,
  "build",
  "--compile",
  "--minify",
  // The server needs packages and a database beside it; `up` says so in the single file.
  "--external",
  "./server.js",
  `--target=${target}`,
  path.join(root, "apps/cli/dist/holdfast.js"),
  "--outfile",
  outfile,
]);
say(outfile);
