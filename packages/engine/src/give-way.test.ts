import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";

/** In a process of its own, since there is no way back. */
const program = `
  import { readFile } from "node:fs/promises";
  import { readdirSync, readFileSync } from "node:fs";
  import { giveWay } from "./give-way.ts";
  import { localHost } from "./hosts/local.ts";
  await readFile("/etc/passwd");
  giveWay();
  const niceOf = (thread) => {
    const stat = readFileSync("/proc/self/task/" + thread + "/stat", "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]);
  };
  const { stdout } = await localHost().run(["nice"]);
  console.log(JSON.stringify({ threads: readdirSync("/proc/self/task").map(niceOf), child: Number(stdout) }));
`;

it.runIf(process.platform === "linux")("lowers every thread, and with them what a host runs", () => {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "--eval", program],
    { cwd: import.meta.dirname, encoding: "utf8" },
  );
  expect(stderr).toBe("");
  const { threads, child } = JSON.parse(stdout) as { threads: number[]; child: number };
  expect(threads.length).toBeGreaterThan(4);
  expect(Math.min(...threads)).toBeGreaterThanOrEqual(10);
  expect(child).toBeGreaterThanOrEqual(10);
});
