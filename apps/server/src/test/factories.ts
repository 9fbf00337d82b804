import { generateKeyPairSync, type KeyObject, randomUUID } from "node:crypto";
import type { FactUpload } from "@holdfast/contracts/agent-protocol";
import type { Facts, Observation } from "@holdfast/contracts/fact";
import { type Permission, permissions } from "@holdfast/contracts/own-api";
import type { Platform } from "@holdfast/contracts/platform";
import { factSetDigest } from "@holdfast/engine/fact-set";
import { pino } from "pino";
import { asSystem, type Ctx, type Services } from "../context.ts";
import { hashPassword } from "../features/auth/passwords.ts";
import { enrolDevice } from "../features/devices/enrol-device.ts";
import { issueEnrolmentToken } from "../features/organisations/issue-enrolment-token.ts";
import { createPolicy } from "../features/policies/create-policy.ts";
import type { NewPolicy, Policy } from "../features/policies/policy.ts";
import { newToken, tokenHash } from "../tokens.ts";
import type { TestDatabase } from "./database.ts";
import { debian12, testPack } from "./pack.ts";

export const silent = pino({ level: "silent" });

export function testServices({ connection }: TestDatabase): Services {
  return { db: connection.db, pack: testPack, log: silent };
}

/** An organisation and someone who may do everything, or only what is named, in it. */
export async function anOrganisation(
  services: Services,
  held: readonly Permission[] = permissions,
): Promise<{ readonly orgId: string; readonly owner: Ctx }> {
  const { id: orgId } = await asSystem(services, (db) =>
    db
      .insertInto("organisation")
      .values({ name: `Organisation ${randomUUID()}` })
      .returning("id")
      .executeTakeFirstOrThrow(),
  );
  const actor = { type: "user", id: randomUUID(), label: "owner@example.org", permissions: new Set(held) } as const;
  // The clock of each use, as with a request.
  return { orgId, owner: { services, orgId, actor, now: new Date() } };
}

export async function aUser(
  services: Services,
  orgId: string,
  held: readonly Permission[] = permissions,
): Promise<{ readonly email: string; readonly password: string; readonly userId: string }> {
  const email = `${randomUUID()}@example.org`;
  const password = randomUUID();
  const passwordHash = await hashPassword(password);
  const userId = await asSystem(services, async (db) => {
    const { id } = await db
      .insertInto("userAccount")
      .values({ email, name: "Someone", passwordHash })
      .returning("id")
      .executeTakeFirstOrThrow();
    await db
      .insertInto("membership")
      .values({ orgId, userId: id, permissions: [...held] })
      .execute();
    return id;
  });
  return { email, password, userId };
}

/** An API token that is nobody's. */
export async function anApiToken(
  services: Services,
  orgId: string,
  held: readonly Permission[] = permissions,
): Promise<string> {
  const token = newToken("hf");
  await asSystem(services, (db) =>
    db
      .insertInto("apiToken")
      .values({ orgId, name: "a token", tokenHash: tokenHash(token), permissions: [...held], userId: null })
      .execute(),
  );
  return token;
}

export function aPolicy(owner: Ctx, change: Partial<NewPolicy> = {}): Promise<Policy> {
  return createPolicy(
    { ...owner, now: new Date() },
    {
      name: "A policy",
      osType: "linux",
      level: 1,
      scoring: "weighted",
      scheduleEnabled: false,
      intervalMinutes: 60,
      ...change,
    },
  );
}

export interface TestDevice {
  readonly deviceId: string;
  readonly privateKey: KeyObject;
  /** The context of a request it signed, now. */
  ctx(): Ctx;
}

export function aKeyPair(): { readonly publicKey: string; readonly privateKey: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  return { publicKey: publicKey.export({ type: "spki", format: "der" }).toString("base64"), privateKey };
}

export async function aDevice(owner: Ctx, platform: Platform = debian12): Promise<TestDevice> {
  const { services, orgId } = owner;
  const token = await issueEnrolmentToken(owner, { uses: 1, expiresAt: new Date(Date.now() + 60_000) });
  const { publicKey, privateKey } = aKeyPair();
  const hostname = `host-${randomUUID().slice(0, 8)}`;
  const { deviceId } = await enrolDevice(services, { token, publicKey, hostname, platform, agentVersion: "0.1.0" });
  const actor = { type: "agent", id: deviceId, label: hostname, permissions: new Set<never>() } as const;
  return { deviceId, privateKey, ctx: () => ({ services, orgId, actor, now: new Date() }) };
}

/** A whole set, or with `base` what changed since; digests are right unless overridden. */
export function anUpload(
  policyId: string,
  facts: Readonly<Record<string, Observation>>,
  change: Partial<FactUpload> = {},
): FactUpload {
  return {
    workItemId: null,
    policyId,
    checkedAt: new Date().toISOString(),
    uploadId: randomUUID(),
    benchmark: "cis-debian-12@1.1.0",
    platform: debian12,
    agentVersion: "0.1.0",
    base: null,
    digest: digestOf(facts),
    changed: { ...facts },
    removed: [],
    durationMs: 1,
    ...change,
  };
}

export function digestOf(facts: Readonly<Record<string, Observation>>): string {
  const set: Facts = new Map(Object.entries(facts));
  return factSetDigest(set);
}
