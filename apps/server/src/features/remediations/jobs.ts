import { Type } from "typebox";
import { inTransaction } from "../../context.ts";
import { defineJob } from "../../jobs.ts";
import { nudge } from "../../live-events.ts";
import { lockRemediations, updateRemediations } from "./queries.ts";

/** Lets the device take an approved action, and tells it. Twice is harmless, and so is one that was withdrawn by now. */
export const dispatchRemediation = defineJob({
  name: "dispatch-remediation",
  payload: Type.Object({ actionId: Type.String({ format: "uuid" }) }),
  async run(ctx, { actionId }) {
    await inTransaction(ctx, async (tx) => {
      const [action] = await lockRemediations(tx, [actionId]);
      if (action?.state !== "approved") return;
      await updateRemediations(tx, [actionId], { state: "dispatched" });
      await nudge(tx, [action.deviceId]);
    });
  },
});
