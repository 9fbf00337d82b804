import { rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { FactUpload } from "@holdfast/contracts/agent-protocol";
import { Value } from "typebox/value";
import { namesIn, readIfThere, removeUnfinished, writeFileAtomically } from "./atomic-file.ts";
import { ServerUnreachable } from "./uplink.ts";

const compress = promisify(gzip);
const unpack = promisify(gunzip);
const maxPerPolicy = 100;
const maxFailures = 5;
/** An upload with every fact at its largest is far below this; more would be a bomb. */
const maxUploadBytes = 64 * 1024 * 1024;
/** `<milliseconds of checkedAt>-<policy>-<upload>.json.gz`: sorts by age. */
const namePattern = /^\d{15}-([0-9a-f-]{36})-[0-9a-f-]{36}\.json\.gz$/i;

/** Uploads that wait for the server, each a whole file with a whole set: none needs another to be understood. */
export interface Spool {
  /** On disk when it resolves. The oldest of the policy makes room when there are more than 100. */
  add(upload: FactUpload): Promise<void>;
  /**
   * Gives the uploads to `send`, oldest first, each removed once sent; a damaged file is dropped. One that the server
   * has failed on five times is passed over until the agent restarts, so that it cannot hold up all others.
   * @throws whatever `send` throws; the rest stays.
   */
  drain(send: (upload: FactUpload) => Promise<void>): Promise<void>;
}

export async function openSpool(directory: string, log: (line: string) => void): Promise<Spool> {
  await removeUnfinished(directory);
  const list = async (): Promise<string[]> =>
    (await namesIn(directory)).filter((name) => namePattern.test(name)).sort();
  const failures = new Map<string, number>();
  async function sendCounting(name: string, send: () => Promise<void>): Promise<void> {
    try {
      await send();
    } catch (error) {
      if (error instanceof ServerUnreachable && error.answered) failures.set(name, (failures.get(name) ?? 0) + 1);
      throw error;
    }
  }
  return {
    async add(upload) {
      const time = String(new Date(upload.checkedAt).getTime()).padStart(15, "0");
      const name = `${time}-${upload.policyId}-${upload.uploadId}.json.gz`;
      if (!namePattern.test(name)) throw new RangeError("an upload's ids and time do not make a file name");
      await writeFileAtomically(path.join(directory, name), await compress(JSON.stringify(upload)));
      const ofPolicy = (await list()).filter((other) => namePattern.exec(other)?.[1] === upload.policyId);
      for (const old of ofPolicy.slice(0, -maxPerPolicy)) await rm(path.join(directory, old), { force: true });
    },
    async drain(send) {
      for (const name of await list()) {
        if ((failures.get(name) ?? 0) >= maxFailures) continue;
        const file = path.join(directory, name);
        const upload = await readUpload(file);
        if (upload === null) log(`dropped a damaged upload: ${name}`);
        else await sendCounting(name, () => send(upload));
        await rm(file, { force: true });
      }
    },
  };
}

async function readUpload(file: string): Promise<FactUpload | null> {
  const bytes = await readIfThere(file);
  if (bytes === null) return null;
  try {
    const value: unknown = JSON.parse((await unpack(bytes, { maxOutputLength: maxUploadBytes })).toString("utf8"));
    return Value.Check(FactUpload, value) ? value : null;
  } catch {
    return null;
  }
}
