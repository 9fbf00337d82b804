import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll } from "vitest";
import { createApp } from "../app.ts";
import type { Services } from "../context.ts";
import { Presence } from "../features/devices/presence.ts";
import { ScanProgress } from "../features/scans/scan-progress.ts";
import type { RateLimits } from "../http/rate-limits.ts";
import { LiveEvents } from "../live-events.ts";
import { loadSecrets, type Secrets } from "../secrets.ts";
import { useDatabase } from "./database.ts";
import { silent, testServices } from "./factories.ts";

export interface TestApp {
  readonly app: FastifyInstance;
  readonly services: Services;
  readonly secrets: Secrets;
  readonly events: LiveEvents;
}

export interface TestAppOptions {
  readonly dashboardDir?: string | null;
  /** Nobody counts unless given. */
  readonly rateLimits?: RateLimits | null;
}

/** The whole HTTP side on a database of this test file's own. */
export function useApp({ dashboardDir = null, rateLimits = null }: TestAppOptions = {}): () => TestApp {
  const database = useDatabase();
  let running: TestApp | null = null;
  let close: (() => Promise<void>) | null = null;
  beforeAll(async () => {
    const events = new LiveEvents(database().url, silent);
    await events.start();
    const services = { ...testServices(database()), events };
    const stateDir = fs.mkdtempSync(path.join(os.tmpdir(), "holdfast-app-"));
    const secrets = loadSecrets(stateDir);
    const presence = new Presence(services, events);
    const progress = new ScanProgress(events);
    const app = await createApp({
      services,
      secrets,
      events,
      presence,
      progress,
      dashboardDir,
      rateLimits,
      healthOnly: false,
    });
    await app.ready();
    running = { app, services, secrets, events };
    close = async () => {
      await presence.close();
      await app.close();
      await events.close();
      fs.rmSync(stateDir, { recursive: true, force: true });
    };
  });
  afterAll(async () => close?.());
  return () => {
    if (running === null) throw new Error("the app is there from beforeAll on");
    return running;
  };
}
