import { Type } from "typebox";
import { inTransaction } from "../../context.ts";
import { DomainError } from "../../errors.ts";
import { defineJob } from "../../jobs.ts";
import { selectDeviceIdsByOs, selectDevicesById } from "../devices/queries.ts";
import { selectPolicy } from "../policies/queries.ts";
import { openScans } from "./start-scan.ts";

const Uuid = Type.String({ format: "uuid" });

/** Opens the work of a policy scan. Twice is harmless: an open scan is not opened again. */
export const openScansJob = defineJob({
  name: "open-scans",
  payload: Type.Object({ policyId: Uuid, deviceIds: Type.Union([Type.Array(Uuid), Type.Null()]) }),
  async run(ctx, { policyId, deviceIds }) {
    await inTransaction(ctx, async (tx) => {
      try {
        const { osType } = await selectPolicy(tx, policyId);
        const present =
          deviceIds === null
            ? await selectDeviceIdsByOs(tx, osType)
            : (await selectDevicesById(tx, deviceIds)).map(({ id }) => id);
        await openScans(tx, policyId, present);
      } catch (error) {
        // The policy is gone by now, and its scans with it.
        if (!(error instanceof DomainError && error.code === "not_found")) throw error;
      }
    });
  },
});
