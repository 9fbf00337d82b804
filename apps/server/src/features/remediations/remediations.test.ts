import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { asSystem, type Ctx, inTransaction, type Services } from "../../context.ts";
import type { QueuedJob } from "../../jobs.ts";
import { useDatabase } from "../../test/database.ts";
import { aDevice, anOrganisation, anUpload, aPolicy, testServices } from "../../test/factories.ts";
import { factsFailing } from "../../test/pack.ts";
import { runOutbox } from "../../test/run-outbox.ts";
import { storeUpload } from "../results/store-upload.ts";
import { claimWork } from "../scans/claim-work.ts";
import { cancelRemediation } from "./cancel-remediation.ts";
import { approveRemediations } from "./decide-remediations.ts";
import { failOverdueRemediations } from "./fail-overdue-remediations.ts";
import { dispatchRemediation } from "./jobs.ts";
import { listRemediations } from "./list-remediations.ts";
import { statusesOf } from "./remediation.ts";
import { reportRemediation } from "./report-remediation.ts";
import { requestRemediation } from "./request-remediation.ts";

const database = useDatabase();
let services: Services;
let owner: Ctx;

beforeAll(async () => {
  services = testServices(database());
  ({ owner } = await anOrganisation(services));
});

const now = (ctx: Ctx = owner): Ctx => ({ ...ctx, now: new Date() });
const somebodyElse = (over: Partial<Services> = {}): Ctx => ({
  ...now(),
  services: { ...services, ...over },
  actor: { ...owner.actor, id: randomUUID() },
});

/** A device with actions that wait for approval. */
async function scene(checkIds: readonly string[] = ["1.1.1", "1.1.2"]) {
  const policy = await aPolicy(owner);
  const device = await aDevice(owner);
  const facts = factsFailing("critical", "high", "medium");
  await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, facts));
  const { deviceId } = device;
  const { actionIds } = await requestRemediation(now(), { deviceId, checkIds, action: "apply", reason: null });
  return { device, deviceId, actionIds };
}

async function statuses(ids: readonly string[]): Promise<Record<string, string>> {
  const { items } = await listRemediations(now(), {}, { offset: 0, limit: 200 });
  const shown = items.map((item) => [item.id, Object.values(statusesOf(item)).join(" ")] as const);
  return Object.fromEntries(shown.filter(([id]) => ids.includes(id)));
}

async function taken(ids: readonly string[], device: Awaited<ReturnType<typeof scene>>["device"]) {
  await approveRemediations(somebodyElse(), { actionIds: ids, note: null });
  await runOutbox(services, [dispatchRemediation]);
  return claimWork(device.ctx(), device.deviceId);
}

function waitingJobs(): Promise<{ readonly heldUntil: Date | null }[]> {
  return asSystem(services, (db) =>
    db.selectFrom("outbox").select("heldUntil").where("name", "=", dispatchRemediation.name).execute(),
  );
}

describe("handing approved actions to the queue", () => {
  it("hands each over once and leaves nothing to the relay", async () => {
    const { actionIds } = await scene();
    const added: QueuedJob[] = [];
    const queue = { add: async (job: QueuedJob) => void added.push(job) };
    const decided = await approveRemediations(somebodyElse({ queue }), { actionIds, note: null });
    expect(decided).toEqual({ actionIds, skippedIds: [], failedActionIds: [] });
    expect(added.map(({ data }) => data.payload)).toEqual(actionIds.map((actionId) => ({ actionId })));
    expect(await waitingJobs()).toEqual([]);
  });

  it("sends exactly what the queue does not take back to the approver, with its job withdrawn", async () => {
    const { device, deviceId, actionIds } = await scene();
    const [first = "", second = ""] = actionIds;
    const refusing = {
      add: async ({ data }: QueuedJob) => {
        if (JSON.stringify(data).includes(second)) throw new Error("the queue is down");
      },
    };
    const approver = somebodyElse({ queue: refusing });
    expect(await approveRemediations(approver, { actionIds, note: "go" })).toEqual({
      actionIds: [first],
      skippedIds: [],
      failedActionIds: [second],
    });
    expect(await statuses(actionIds)).toEqual({ [first]: "queued approved", [second]: "pending_approval pending" });
    expect(await waitingJobs()).toEqual([]);
    const { items } = await listRemediations(now(), { deviceId }, { offset: 0, limit: 10 });
    const returned = items.find(({ id }) => id === second);
    expect(returned).toMatchObject({ decidedBy: null, decidedAt: null, decisionNote: null });
    expect(returned?.message).toContain("queue");
    // Had the queue taken the job after all, it would find nothing to do.
    await dispatchRemediation.run(now(), { actionId: second });
    expect(await claimWork(device.ctx(), deviceId)).toEqual([]);
    expect((await approveRemediations(somebodyElse(), { actionIds, note: null })).skippedIds).toEqual([first]);
  });

  it("leaves the job to the relay when this process ends between approval and hand-over", async () => {
    await runOutbox(services, [dispatchRemediation]);
    const { actionIds } = await scene(["1.1.1"]);
    const never = { add: () => new Promise<void>(() => {}) };
    void approveRemediations(somebodyElse({ queue: never }), { actionIds, note: null });
    await expect.poll(waitingJobs).toHaveLength(1);
    const [job] = await waitingJobs();
    expect(job?.heldUntil?.getTime()).toBeGreaterThan(Date.now());
    await runOutbox(services, [dispatchRemediation]);
    expect(await statuses(actionIds)).toEqual({ [actionIds[0] ?? ""]: "queued approved" });
  });
});

describe("a device that took an action", () => {
  it("gets it again when the lease is over, and not before", async () => {
    const { device, deviceId, actionIds } = await scene(["1.1.1"]);
    expect(await taken(actionIds, device)).toHaveLength(1);
    expect(await claimWork(device.ctx(), deviceId)).toEqual([]);
    const later = { ...device.ctx(), now: new Date(Date.now() + 301_000) };
    expect(await claimWork(later, deviceId)).toMatchObject([{ actionId: actionIds[0] }]);
  });

  it("has failed when it does not report in time, counted from when it took it first", async () => {
    const { device, deviceId, actionIds } = await scene(["1.1.1"]);
    const [id = ""] = actionIds;
    await taken(actionIds, device);
    await claimWork({ ...device.ctx(), now: new Date(Date.now() + 301_000) }, deviceId);
    const after = (minutes: number) => failOverdueRemediations(services, 30, new Date(Date.now() + minutes * 60_000));
    await after(29);
    expect(await statuses([id])).toEqual({ [id]: "in_progress approved" });
    expect(await after(31)).toBeGreaterThanOrEqual(1);
    expect(await statuses([id])).toEqual({ [id]: "failed approved" });
    const { items } = await listRemediations(now(), { deviceId }, { offset: 0, limit: 1 });
    expect(items[0]?.message).toBe("The device did not report within 30 minutes.");
    // What happened on the device has happened: its word counts, once, also when it is late.
    await reportRemediation(device.ctx(), deviceId, id, { success: true });
    await reportRemediation(device.ctx(), deviceId, id, { success: false, error: "again" });
    expect(await statuses([id])).toEqual({ [id]: "completed approved" });
  });

  it("is never overdue while it only waits for the device", async () => {
    const { actionIds } = await scene(["1.1.1"]);
    await approveRemediations(somebodyElse(), { actionIds, note: null });
    await runOutbox(services, [dispatchRemediation]);
    await failOverdueRemediations(services, 30, new Date(Date.now() + 7 * 86_400_000));
    expect(await statuses(actionIds)).toEqual({ [actionIds[0] ?? ""]: "queued approved" });
  });

  it("is offered at most ten things at once, remediations first", async () => {
    const { device, actionIds } = await scene(["1.1.1", "1.1.2", "1.1.3"]);
    const items = await taken(actionIds, device);
    expect(items.map(({ type }) => type)).toEqual(["remediation", "remediation", "remediation"]);
  });
});

it("cancelling and taking at the same time end in one of the two", async () => {
  const { device, deviceId, actionIds } = await scene(["1.1.1"]);
  const [id = ""] = actionIds;
  await approveRemediations(somebodyElse(), { actionIds, note: null });
  await runOutbox(services, [dispatchRemediation]);
  const [cancelled, claimed] = await Promise.allSettled([
    cancelRemediation(now(), id),
    claimWork(device.ctx(), deviceId),
  ]);
  const orders = claimed.status === "fulfilled" ? claimed.value.length : -1;
  expect(orders).toBe(cancelled.status === "fulfilled" ? 0 : 1);
});

it("everything is in the audit log", async () => {
  const { device, deviceId, actionIds } = await scene(["1.1.1"]);
  await taken(actionIds, device);
  await reportRemediation(device.ctx(), deviceId, actionIds[0] ?? "", { success: true });
  const events = await inTransaction(now(), (tx) =>
    tx.db
      .selectFrom("auditEvent")
      .select("action")
      .where("subjectId", "in", [deviceId, ...actionIds])
      .execute(),
  );
  expect(events.map(({ action }) => action)).toEqual(
    expect.arrayContaining(["remediation.request", "remediation.approve", "remediation.start", "remediation.complete"]),
  );
});

it("another organisation sees and changes nothing", async () => {
  const { deviceId, actionIds } = await scene(["1.1.1"]);
  const { owner: other } = await anOrganisation(services);
  const [id = ""] = actionIds;
  await expect(cancelRemediation(other, id)).rejects.toMatchObject({ code: "not_found" });
  await expect(approveRemediations(other, { actionIds, note: null })).rejects.toMatchObject({
    code: "not_found",
    fields: { missingIds: actionIds },
  });
  const request = { deviceId, checkIds: ["1.1.2"], action: "apply", reason: null } as const;
  await expect(requestRemediation(other, request)).rejects.toMatchObject({ code: "not_found" });
  expect((await listRemediations(other, {}, { offset: 0, limit: 10 })).total).toBe(0);
});
