import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

/** A state directory that another user can walk to; removed after the test. */
export function aStateDir(): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "holdfast-state-"));
  fs.chmodSync(directory, 0o711);
  onTestFinished(() => fs.rmSync(directory, { recursive: true, force: true }));
  return directory;
}
