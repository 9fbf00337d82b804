import { type Permission, permissions } from "@holdfast/contracts/own-api";
import { type Actor, asSystem, type Services } from "../../context.ts";
import { NotFound, Unauthenticated } from "../../errors.ts";
import { tokenHash } from "../../tokens.ts";
import { verifyAccessToken } from "./access-token.ts";
import {
  type Account,
  findAccess,
  findApiToken,
  findSessionAccount,
  noteTokenUse,
  type OrganisationAccess,
  organisationExists,
} from "./queries.ts";

/** Who sent a request, before it is known in which organisation. */
export interface Principal {
  readonly type: "user" | "token";
  readonly id: string;
  readonly label: string;
  /** The account behind it; null for a token that is nobody's. */
  readonly account: Pick<Account, "id" | "administrator"> | null;
  /** What a token is limited to; null for a person's session. */
  readonly token: {
    readonly orgId: string;
    readonly permissions: readonly string[];
    readonly allOrganisations: boolean;
  } | null;
  /** Null for a token. */
  readonly sessionId: string | null;
  /** When the credential ends; null for a token without an end. */
  readonly expiresAt: Date | null;
}

/** @throws Unauthenticated */
export async function authenticate(
  services: Pick<Services, "db">,
  sessionKey: Uint8Array,
  authorization: string | undefined,
  now: Date,
): Promise<Principal> {
  const [, credential] = /^Bearer ([\x21-\x7e]{1,4096})$/i.exec(authorization ?? "") ?? [];
  if (credential === undefined) throw new Unauthenticated();
  return credential.startsWith("hf_")
    ? authenticateToken(services, credential, now)
    : authenticateSession(services, sessionKey, credential, now);
}

async function authenticateToken(services: Pick<Services, "db">, credential: string, now: Date): Promise<Principal> {
  const token = await findApiToken(services.db, tokenHash(credential), now);
  if (token === null) throw new Unauthenticated("The API token is not valid, has ended or was revoked.");
  if (isStale(token.lastUsedAt, now)) await asSystem(services, (db) => noteTokenUse(db, token.id, now));
  const { id, name, userId, administrator, orgId, allOrganisations, expiresAt } = token;
  return {
    type: "token",
    id,
    label: name,
    account: userId === null ? null : { id: userId, administrator },
    token: { orgId, permissions: token.permissions, allOrganisations },
    sessionId: null,
    expiresAt,
  };
}

/** Use is noted to the minute, so that most requests write nothing. */
function isStale(lastUsedAt: Date | null, now: Date): boolean {
  return lastUsedAt === null || now.getTime() - lastUsedAt.getTime() >= 60_000;
}

async function authenticateSession(
  { db }: Pick<Services, "db">,
  sessionKey: Uint8Array,
  credential: string,
  now: Date,
): Promise<Principal> {
  const { sessionId, expiresAt } = await verifyAccessToken(sessionKey, credential);
  const account = await findSessionAccount(db, sessionId, now);
  if (account === null) throw new Unauthenticated("The session has ended; sign in again.");
  return { type: "user", id: account.id, label: account.email, account, token: null, sessionId, expiresAt };
}

/**
 * The actor a principal is in an organisation.
 *
 * @param wanted an organisation's id; null for the token's own, or the person's first.
 * @throws NotFound when it has no business there: organisations cannot be probed.
 */
export async function enterOrganisation(
  { db }: Pick<Services, "db">,
  principal: Principal,
  wanted: string | null,
): Promise<{ readonly orgId: string; readonly actor: Actor }> {
  const { token, account, type, id, label } = principal;
  const orgId = wanted ?? token?.orgId ?? null;
  if (token !== null && orgId !== token.orgId && !token.allOrganisations) throw new NotFound("organisation");
  const access = account === null ? await anyAccess(db, orgId) : await findAccess(db, account, orgId, permissions);
  if (access === null) throw new NotFound("organisation");
  const held: readonly Permission[] =
    token === null
      ? access.permissions
      : access.permissions.filter((permission) => token.permissions.includes(permission));
  const administers = account?.administrator === true && (token === null || token.allOrganisations);
  const behind = {
    ...(account === null ? {} : { userId: account.id }),
    ...(administers ? { administrator: true } : {}),
  };
  return { orgId: access.id, actor: { type, id, label, permissions: new Set(held), ...behind } };
}

/** Of a token that is nobody's: what it may do is said by itself. */
async function anyAccess(
  db: Services["db"],
  orgId: string | null,
): Promise<Pick<OrganisationAccess, "id" | "permissions"> | null> {
  return orgId !== null && (await organisationExists(db, orgId)) ? { id: orgId, permissions } : null;
}
