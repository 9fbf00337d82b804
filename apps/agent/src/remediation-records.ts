import { rm } from "node:fs/promises";
import path from "node:path";
import { RemediationItem, RemediationReport } from "@holdfast/contracts/agent-protocol";
import { type Static, Type } from "typebox";
import { namesIn, removeUnfinished } from "./atomic-file.ts";
import { readStateFile, writeStateFile } from "./state-file.ts";

const Stored = Type.Object({
  order: RemediationItem,
  /** When it was begun, ISO 8601. */
  startedAt: Type.String(),
  /** Null: begun and, when the agent starts, interrupted. */
  report: Type.Union([RemediationReport, Type.Null()]),
});
export type RemediationRecord = Static<typeof Stored>;

const namePattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.json$/;

/** What the agent was told to change and has not been able to report yet; on disk before anything is changed. */
export interface RemediationRecords {
  find(actionId: string): Promise<RemediationRecord | null>;
  /** @throws RangeError for an id that makes no file name. */
  save(record: RemediationRecord): Promise<void>;
  remove(actionId: string): Promise<void>;
  /** Longest ago first. */
  list(): Promise<readonly RemediationRecord[]>;
}

export async function openRemediationRecords(stateDir: string): Promise<RemediationRecords> {
  const directory = path.join(stateDir, "remediations");
  await removeUnfinished(directory);
  const fileOf = (actionId: string): string => {
    const name = `${actionId.toLowerCase()}.json`;
    if (!namePattern.test(name)) throw new RangeError("a remediation's id makes no file name");
    return path.join(directory, name);
  };
  return {
    find: (actionId) => readStateFile(fileOf(actionId), Stored),
    save: (record) => writeStateFile(fileOf(record.order.actionId), record),
    remove: (actionId) => rm(fileOf(actionId), { force: true }),
    async list() {
      const names = (await namesIn(directory)).filter((name) => namePattern.test(name));
      const records = await Promise.all(names.map((name) => readStateFile(path.join(directory, name), Stored)));
      return records
        .filter((record) => record !== null)
        .sort((a, b) => (a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0));
    },
  };
}
