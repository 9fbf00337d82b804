import { asSystem, type Services } from "../context.ts";
import { type JobDefinition, runJob } from "../jobs.ts";

/** Runs, once and in order, the jobs that wait in the outbox and are among these: what relay, queue and worker do. */
export async function runOutbox(services: Services, definitions: readonly JobDefinition[]): Promise<void> {
  const names = definitions.map(({ name }) => name);
  const rows = await asSystem(services, (db) =>
    db.deleteFrom("outbox").where("name", "in", names).returning(["orgId", "name", "payload", "createdAt"]).execute(),
  );
  rows.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  for (const { orgId, name, payload } of rows) await runJob(services, definitions, { name, data: { orgId, payload } });
}
