import { spawnSync } from "node:child_process";
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { builtProgram } from "./holdfast-process.ts";
import { isRoot } from "./ordinary-user.ts";

const scratch = mkdtempSync(path.join(tmpdir(), "holdfast-hanging-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/*
 * File systems whose server never answers: whoever opens /dev/fuse is the server, and here it is a shell that reads
 * nothing. All of it is in a mount namespace of its own, which goes with the shell.
 */
const script = `
set -eu
mount --bind "$1/passwd" /etc/passwd
exec 3<>/dev/fuse 4<>/dev/fuse
mount -i -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0,subtype=sshfs gone:/home "$1/home"
mount -i -t fuse -o fd=4,rootmode=40000,user_id=0,group_id=0 gone:/data "$1/data"
"$2" "$3" scan --only 7.1.11,7.1.12,7.2.1,7.2.9,7.2.10 --json
`;

/** A session or a container may be root and still not be let. */
function canMount(): boolean {
  try {
    accessSync("/dev/fuse", constants.R_OK | constants.W_OK);
  } catch {
    return false;
  }
  return isRoot && spawnSync("unshare", ["--mount", "true"]).status === 0;
}

it("a network file system that never answers costs one error each where it is asked, and the scan ends", ({ skip }) => {
  skip(!canMount(), "only root can mount, and only where /dev/fuse and mount namespaces are");
  mkdirSync(path.join(scratch, "home"));
  mkdirSync(path.join(scratch, "data"));
  const account = `far:x:64999:64999::${path.join(scratch, "home")}:/bin/bash\n`;
  writeFileSync(path.join(scratch, "passwd"), readFileSync("/etc/passwd", "utf8") + account);
  const startedAt = performance.now();
  const { stdout, stderr } = spawnSync(
    "unshare",
    ["--mount", "bash", "-c", script, "hang", scratch, process.execPath, builtProgram],
    { encoding: "utf8", timeout: 150_000, maxBuffer: 50_000_000 },
  );
  expect(stdout, stderr).not.toBe("");
  const { findings } = JSON.parse(stdout) as {
    readonly findings: readonly { readonly checkId: string; readonly status: string; readonly message: string }[];
  };
  const errors = findings.filter(({ status }) => status === "error");
  expect(errors.map(({ checkId }) => checkId)).toEqual(["7.2.9", "7.2.10"]);
  for (const { message } of errors) expect(message).toContain("no answer in 30000 ms");
  expect(findings).toHaveLength(5);
  expect(performance.now() - startedAt).toBeLessThan(120_000);
}, 180_000);
