import { Type } from "typebox";
import { inTransaction } from "../../context.ts";
import { defineJob } from "../../jobs.ts";
import { deleteScansOfPolicy } from "./queries.ts";

/** Removes the scans of a deleted policy. Twice is harmless. */
export const deleteScansJob = defineJob({
  name: "delete-policy-scans",
  payload: Type.Object({ policyId: Type.String({ format: "uuid" }) }),
  run: (ctx, { policyId }) => inTransaction(ctx, (tx) => deleteScansOfPolicy(tx, policyId)),
});
