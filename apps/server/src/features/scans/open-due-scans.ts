import { asSystem, type Services } from "../../context.ts";
import { lockDuePolicies, openScheduledItems } from "./queries.ts";

/**
 * Opens the scheduled scans that are due, in every organisation. Several processes may do so at once: each policy is
 * served by one.
 *
 * @returns how many work items it opened.
 */
export async function openDueScans(services: Services, now = new Date()): Promise<number> {
  return asSystem(services, async (db) => {
    let opened = 0;
    for (const policy of await lockDuePolicies(db, now)) opened += await openScheduledItems(db, policy, now);
    return opened;
  });
}
