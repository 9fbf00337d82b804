import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { main } from "../main.ts";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "holdfast-agent-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true });
});

/** What the command says, and its exit status. */
async function runAgent(serverUrl: string, ...argv: string[]): Promise<{ status: number; errors: string }> {
  let errors = "";
  const write = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    errors += String(text);
    return true;
  });
  try {
    const status = await main(["agent", "run", "--server", serverUrl, "--state-dir", path.join(dir, "agent"), ...argv]);
    return { status, errors };
  } finally {
    write.mockRestore();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(signal);
  }
}

it("says in a sentence that there is no token to enrol with", async () => {
  vi.stubEnv("HOLDFAST_ENROLMENT_TOKEN", undefined);
  expect(await runAgent("http://127.0.0.1:9")).toEqual({
    status: 3,
    errors: "holdfast: This machine is not enrolled, and there is no enrolment token to enrol it with.\n",
  });
  const missing = path.join(dir, "token.txt");
  expect(await runAgent("http://127.0.0.1:9", "--token-file", missing)).toEqual({
    status: 3,
    errors: expect.stringMatching(/^holdfast: Cannot read the enrolment token from .*token\.txt.*\n$/),
  });
});

it("says in a sentence why the server refuses it", async () => {
  const server = createServer((_, response) =>
    response.writeHead(403, { "content-type": "application/json" }).end('{"detail":"The enrolment token has ended."}'),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => void server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  vi.stubEnv("HOLDFAST_ENROLMENT_TOKEN", "a token that has ended");
  expect(await runAgent(`http://127.0.0.1:${port}`)).toEqual({
    status: 3,
    errors: "holdfast: The server refuses to enrol this machine: The enrolment token has ended.\n",
  });
});
