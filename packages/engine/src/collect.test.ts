import { expect, it } from "vitest";
import { collectFacts, type FactRequest } from "./collect.ts";
import type { Host } from "./host.ts";
import { recordingHost } from "./hosts/recording.ts";

const fileAt = (path: string): FactRequest => ({ kind: "file", target: { path }, address: `file:${path}` });
const below = (directory: string, count: number): FactRequest[] =>
  Array.from({ length: count }, (_, index) => fileAt(`${directory}/${index}`));

/** A machine with a mount whose server is gone: nothing below /far ever answers. */
function stuckHost(): Host {
  const host = recordingHost({ files: { "/etc/motd": "hello\n" } });
  const never = <T>(path: string, read: () => Promise<T>): Promise<T> =>
    path.startsWith("/far") ? new Promise<T>(() => {}) : read();
  return {
    ...host,
    stat: (path) => never(path, () => host.stat(path)),
    lstat: (path) => never(path, () => host.lstat(path)),
    realPath: (path) => never(path, () => host.realPath(path)),
    readText: (path) => never(path, () => host.readText(path)),
  };
}

it("gives up on a fact after its time, and reads the others", async () => {
  const requests = [...below("/far", 3), fileAt("/etc/motd")];
  const { facts } = await collectFacts(stuckHost(), requests, { factTimeoutMs: 50 });
  expect(facts.size).toBe(4);
  expect(facts.get("file:/far/0")).toMatchObject({ error: { code: "timeout" } });
  expect(facts.get("file:/etc/motd")).toMatchObject({ state: { files: [{ path: "/etc/motd" }] } });
});

it("ends at its deadline, with one error for each fact it did not read", async () => {
  const startedAt = performance.now();
  const { facts } = await collectFacts(stuckHost(), below("/far", 500), { factTimeoutMs: 100, deadlineMs: 300 });
  expect(performance.now() - startedAt).toBeLessThan(3_000);
  expect(facts.size).toBe(500);
  expect([...facts.values()].filter((fact) => !("error" in fact && fact.error.code === "timeout"))).toEqual([]);
});
