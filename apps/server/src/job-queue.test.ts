import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { openJobQueue } from "./job-queue.ts";
import type { JobQueue, TakenJob } from "./jobs.ts";
import { useDatabase } from "./test/database.ts";
import { silent } from "./test/factories.ts";

const database = useDatabase();
const open: JobQueue[] = [];
const backends = [null, ...(process.env["REDIS_URL"] === undefined ? [] : [process.env["REDIS_URL"]])];

afterEach(async () => {
  for (const queue of open.splice(0)) await queue.close();
});

async function openQueue(redisUrl: string | null): Promise<JobQueue> {
  const queue = await openJobQueue({ redisUrl, databaseUrl: database().url, log: silent });
  open.push(queue);
  return queue;
}

const aJob = (name: string, delayMs = 0) => ({
  id: randomUUID(),
  name,
  data: { orgId: "o", payload: { a: 1 } },
  delayMs,
});

describe.each(backends)("the job queue on %s (null: PostgreSQL)", (redisUrl) => {
  it("runs a job once, also when it was added twice or two processes work", async () => {
    const [first, second] = [await openQueue(redisUrl), await openQueue(redisUrl)];
    const job = aJob("test-run", 300);
    await first.add(job);
    await second.add(job);
    const taken: TakenJob[] = [];
    for (const queue of [first, second]) await queue.work(async (one) => void taken.push(one));
    await expect.poll(() => taken, { timeout: 10_000 }).toEqual([{ name: job.name, data: job.data }]);
  });

  it("tries a job that threw again", async () => {
    const queue = await openQueue(redisUrl);
    let tries = 0;
    await queue.work(async () => {
      tries += 1;
      if (tries < 2) throw new Error("not yet");
    });
    await queue.add(aJob("test-retry"));
    await expect.poll(() => tries, { timeout: 15_000 }).toBe(2);
  });
});
