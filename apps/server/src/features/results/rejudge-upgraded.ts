import { osTypes } from "@holdfast/contracts/platform";
import { audit } from "../../audit.ts";
import { asSystem, enter, type Services, systemContext } from "../../context.ts";
import { reviseAllPolicies } from "../policies/revise-policies.ts";

/**
 * After an upgrade of the content: the latest results of every organisation are judged by it, on their stored facts. Run at
 * each start; where the content is what it was, it does nothing.
 */
export async function rejudgeUpgraded(services: Services, now = new Date()): Promise<void> {
  const { digest } = services.pack;
  await asSystem(services, async (db) => {
    // Another process that starts at the same time waits here, and then finds nothing to do.
    const upgraded = await db
      .updateTable("organisation")
      .set({ contentDigest: digest })
      .where("contentDigest", "is distinct from", digest)
      .returning("id")
      .execute();
    for (const { id } of upgraded) {
      const tx = await enter(systemContext(services, id, "content upgrade", now), db);
      for (const osType of osTypes) await reviseAllPolicies(tx, osType);
      await audit(tx, { action: "content.upgrade", subject: { type: "organisation", id }, after: { digest } });
    }
  });
}
