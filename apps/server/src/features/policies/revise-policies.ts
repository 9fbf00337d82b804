import type { OsType } from "@holdfast/contracts/platform";
import type { Tx } from "../../context.ts";
import { rejudgeSoon } from "../results/rejudge.ts";
import { bumpRevisions } from "./queries.ts";

/** After a change that can alter verdicts of every policy of an operating system: what is stored is judged again. */
export async function reviseAllPolicies(tx: Tx, osType: OsType): Promise<void> {
  for (const policy of await bumpRevisions(tx, osType)) await rejudgeSoon(tx, policy);
}
