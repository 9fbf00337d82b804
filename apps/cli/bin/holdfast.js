#!/usr/bin/env node
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

// In a checkout that was never built, `npx holdfast` builds first: a second, once.
const bundle = new URL("../dist/holdfast.js", import.meta.url);
if (!existsSync(bundle)) {
  const build = fileURLToPath(new URL("../../../scripts/build.mjs", import.meta.url));
  const { status } = spawnSync(process.execPath, [build], { stdio: ["ignore", 2, 2] });
  if (status !== 0) process.exit(3);
}
await import(bundle.href);
