import { createPostgresBackend, Queue, Worker } from "bullmq";
import type { Logger } from "pino";
import type { JobQueue, QueuedJob, TakenJob } from "./jobs.ts";

/** Where jobs are kept: Redis when there is one, else the schema `jobs` of our database. */
export interface QueueOptions {
  readonly redisUrl: string | null;
  readonly databaseUrl: string;
  readonly log: Logger;
}

const queueName = "holdfast";
const attempts = 5;
/** Done jobs go at once; failed ones stay for a week, to be looked at. */
const jobOptions = { removeOnComplete: true, removeOnFail: { age: 7 * 86_400, count: 1000 } };
const queueOptions = { defaultJobOptions: jobOptions, streams: { events: { maxLen: 100 } } };
const concurrency = 5;
const addTimeoutMs = 5000;

type Run = (job: TakenJob) => Promise<void>;

/** BullMQ on either backend. */
export async function openJobQueue({ redisUrl, databaseUrl, log }: QueueOptions): Promise<JobQueue> {
  const { queue, startWorker } = redisUrl === null ? onPostgres(databaseUrl) : onRedis(redisUrl);
  const onError = (error: Error): void => log.warn({ err: error }, "the job queue's connection");
  queue.on("error", onError);
  await queue.waitUntilReady();
  let worker: ReturnType<typeof startWorker> | null = null;
  return {
    async add({ id, name, data, delayMs }: QueuedJob) {
      const backoff = { type: "exponential", delay: 1000 };
      await withinTime(queue.add(name, data, { jobId: id, delay: delayMs, attempts, backoff }));
    },
    async repeat(name, everyMs) {
      await queue.upsertJobScheduler(name, { every: everyMs }, { name, opts: jobOptions });
    },
    async work(run) {
      worker = startWorker(run);
      worker.on("error", onError);
      worker.on("failed", (job, error) => log.error({ err: error, job: job?.name, jobId: job?.id }, "a job failed"));
      await worker.waitUntilReady();
    },
    async close() {
      await worker?.close();
      await queue.close();
    },
  };
}

/** A client that has lost its server waits for it without end; whoever adds a job has to be told. */
async function withinTime<T>(adding: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The job queue did not answer in ${addTimeoutMs} ms.`)), addTimeoutMs);
  });
  try {
    return await Promise.race([adding, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What is used of a queue and its worker, whatever the backend's type parameters. */
interface Backend {
  readonly queue: Pick<Queue, "add" | "upsertJobScheduler" | "waitUntilReady" | "close"> & {
    on(event: "error", listener: (error: Error) => void): unknown;
  };
  startWorker(run: Run): {
    on(event: "error", listener: (error: Error) => void): unknown;
    on(
      event: "failed",
      listener: (job: { readonly name: string; readonly id?: string | undefined } | undefined, error: Error) => void,
    ): unknown;
    waitUntilReady(): Promise<unknown>;
    close(): Promise<void>;
  };
}

function onPostgres(connectionString: string): Backend {
  const connection = { connectionString, max: 3, schema: "jobs", migrate: true };
  return {
    queue: new Queue(queueName, { ...queueOptions, connection }, createPostgresBackend),
    startWorker: (run) =>
      new Worker(
        queueName,
        ({ name, data }) => run({ name, data }),
        { connection, concurrency },
        createPostgresBackend,
      ),
  };
}

function onRedis(url: string): Backend {
  const connection = { url, maxRetriesPerRequest: null };
  return {
    queue: new Queue(queueName, { ...queueOptions, connection }),
    startWorker: (run) => new Worker(queueName, ({ name, data }) => run({ name, data }), { connection, concurrency }),
  };
}
