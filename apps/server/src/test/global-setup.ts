import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { readPostmaster, stopPostmaster } from "../db/postmaster.ts";
import { databaseDirectoryVariable } from "./database.ts";

/** Gives a run of tests a place for its database, which the first test that needs one starts. */
export default function setup(): () => Promise<void> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "holdfast-test-"));
  // PostgreSQL may run as another user.
  fs.chmodSync(directory, 0o711);
  process.env[databaseDirectoryVariable] = directory;
  return async () => {
    const postmaster = readPostmaster(path.join(directory, "data"));
    if (postmaster !== null) await stopPostmaster(postmaster.pid);
    fs.rmSync(directory, { recursive: true, force: true });
  };
}
