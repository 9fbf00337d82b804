// Builds what runs: apps/cli/dist/holdfast.js (command line and agent, self-contained), apps/cli/dist/server.js (packages
// outside the workspace stay in node_modules) and the dashboard. Plain JavaScript, so that a fresh checkout can run it.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = path.join(root, "apps/cli/dist");
const at = (...parts) => path.join(root, ...parts);
const onlyCli = process.argv.includes("--cli");

/** Bundled CommonJS packages call require() for Node's own modules; an ES module has none unless it makes one. */
const banner = {
  js: 'import { createRequire as holdfastRequire } from "node:module"; const require = holdfastRequire(import.meta.url);',
};
const shared = {
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "esm",
  banner,
  logLevel: "warning",
  legalComments: "none",
  sourcemap: "linked",
};

async function compileContent() {
  const outfile = path.join(out, "compile-content.js");
  await build({ ...shared, entryPoints: [at("scripts/compile-content.ts")], outfile, sourcemap: false });
  const { status, stdout } = spawnSync(process.execPath, [outfile, at("content")], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 64 * 1024 * 1024,
  });
  rmSync(outfile);
  if (status !== 0) process.exit(1);
  return JSON.parse(stdout);
}

const { pack, proofs } = await compileContent();
await build({
  ...shared,
  entryPoints: { holdfast: at("apps/cli/src/bin.ts") },
  outdir: out,
  // The server is a file of its own, loaded by `up`, `serve` and `worker` only: scanning needs none of it.
  external: ["./server.js", "bufferutil", "utf-8-validate"],
  alias: { "@holdfast/server/main": "./server.js" },
  define: { HOLDFAST_EMBEDDED_PACK: JSON.stringify(pack), HOLDFAST_EMBEDDED_PROOFS: JSON.stringify(proofs) },
});
if (!onlyCli) {
  await build({
    ...shared,
    entryPoints: { server: at("apps/server/src/main.ts") },
    outdir: out,
    plugins: [
      {
        name: "packages-stay-outside",
        setup(bundle) {
          bundle.onResolve({ filter: /^[^./]/ }, ({ path: name }) =>
            name.startsWith("@holdfast/") ? null : { path: name, external: true },
          );
        },
      },
    ],
  });
  const vite = spawnSync(process.execPath, [at("node_modules/vite/bin/vite.js"), "build", "--logLevel", "warn"], {
    cwd: at("apps/dashboard"),
    stdio: ["ignore", 2, 2],
  });
  if (vite.status !== 0) process.exit(1);
}
