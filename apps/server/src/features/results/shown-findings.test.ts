import { expect, it } from "vitest";
import { type Ctx, inTransaction } from "../../context.ts";
import { inflateText } from "../../http/deflated-text.ts";
import { useDatabase } from "../../test/database.ts";
import { aDevice, anOrganisation, anUpload, aPolicy, testServices } from "../../test/factories.ts";
import { factsFailing } from "../../test/pack.ts";
import { selectResults } from "./queries.ts";
import { ShownFindings } from "./shown-findings.ts";
import { storeUpload } from "./store-upload.ts";

const database = useDatabase();

it("shows every finding, however few it has room to keep", async () => {
  const { owner } = await anOrganisation(testServices(database()));
  const policy = await aPolicy(owner);
  const devices = [];
  for (const facts of [factsFailing("high"), factsFailing("critical"), factsFailing("medium", "critical")]) {
    const device = await aDevice(owner);
    await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, facts));
    devices.push(device.deviceId);
  }
  const expected = [
    ["pass", "fail", "pass", "not_ported"],
    ["fail", "pass", "pass", "not_ported"],
    ["fail", "pass", "fail", "not_ported"],
  ];
  for (let room = 0; room <= 4000; room += 50) {
    const shown = new ShownFindings(({ finding }) => ({ status: finding.status }), { judgements: 0, pieces: room });
    for (const [at, deviceId] of devices.entries())
      expect({ room, statuses: await statusesOf(owner, shown, deviceId) }).toEqual({ room, statuses: expected[at] });
  }
}, 60_000);

async function statusesOf(owner: Ctx, shown: ShownFindings, deviceId: string): Promise<unknown[]> {
  return inTransaction(owner, async (tx) => {
    const [result] = await selectResults(tx, { deviceId, limit: 1 });
    if (result === undefined) throw new Error("the device has a result");
    const { findings } = await shown.read(tx, result, new Map());
    return JSON.parse(inflateText(findings).toString()).map(({ status }: { status: string }) => status);
  });
}
