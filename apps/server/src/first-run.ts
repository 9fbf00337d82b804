import { randomBytes } from "node:crypto";
import { permissions } from "@holdfast/contracts/own-api";
import { sql } from "kysely";
import { audit } from "./audit.ts";
import { asSystem, type Ctx, enter, type Services } from "./context.ts";
import { hashPassword } from "./features/auth/passwords.ts";
import { issueEnrolmentToken } from "./features/organisations/issue-enrolment-token.ts";
import { createPolicy } from "./features/policies/create-policy.ts";
import { newToken, tokenHash } from "./tokens.ts";

/** What a new installation is entered with. Shown once: we keep hashes. */
export interface FirstRun {
  readonly orgId: string;
  readonly email: string;
  readonly password: string;
  /** With every permission, in every organisation. */
  readonly apiToken: string;
  /** For one device, within a day. */
  readonly enrolmentToken: string;
  readonly policyId: string;
}

const email = "admin@holdfast.local";
const dayMs = 86_400_000;

/**
 * Furnishes an empty database with an organisation, its administrator and a policy; null when there is one already.
 *
 * @param save called before it is committed, so that whoever is killed in between has not lost the way in.
 */
export async function furnish(
  services: Services,
  save: (firstRun: FirstRun) => Promise<void> = async () => undefined,
  now = new Date(),
): Promise<FirstRun | null> {
  const password = randomBytes(15).toString("base64url");
  const apiToken = newToken("hf");
  const passwordHash = await hashPassword(password);
  return asSystem(services, async (db) => {
    // Several processes may start on one empty database.
    await sql`select pg_advisory_xact_lock(7402311555)`.execute(db);
    const existing = await db.selectFrom("organisation").select("id").limit(1).executeTakeFirst();
    if (existing !== undefined) return null;
    const { id: orgId } = await db
      .insertInto("organisation")
      .values({ name: "Default organisation", contentDigest: services.pack.digest })
      .returning("id")
      .executeTakeFirstOrThrow();
    const { id: userId } = await db
      .insertInto("userAccount")
      .values({ email, name: "Administrator", passwordHash, administrator: true })
      .returning("id")
      .executeTakeFirstOrThrow();
    await db
      .insertInto("membership")
      .values({ orgId, userId, permissions: [...permissions] })
      .execute();
    await db
      .insertInto("apiToken")
      .values({
        orgId,
        userId,
        name: "first run",
        tokenHash: tokenHash(apiToken),
        permissions: [...permissions],
        allOrganisations: true,
      })
      .execute();
    const tx = await enter(firstContext(services, orgId, now), db);
    await audit(tx, { action: "organisation.create", subject: { type: "organisation", id: orgId } });
    const policy = await createPolicy(tx, {
      name: "CIS Level 1 – Server",
      description: "Level 1 of the newest CIS benchmark for each device's platform, once a day.",
      osType: "linux",
      level: 1,
      scoring: "weighted",
      scheduleEnabled: true,
      intervalMinutes: 1440,
    });
    const enrolmentToken = await issueEnrolmentToken(tx, { uses: 1, expiresAt: new Date(now.getTime() + dayMs) });
    const firstRun = { orgId, email, password, apiToken, enrolmentToken, policyId: policy.id };
    await save(firstRun);
    return firstRun;
  });
}

/** The installer's own hand, before there is anyone to sign in. */
export function firstContext(services: Services, orgId: string, now = new Date()): Ctx {
  const actor = { type: "system", id: "setup", label: "setup", permissions: new Set(permissions) } as const;
  return { services, orgId, now, actor };
}
