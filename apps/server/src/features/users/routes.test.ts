import { randomUUID } from "node:crypto";
import type { CreatedUser, IssuedToken } from "@holdfast/contracts/administration";
import type { SessionTokens } from "@holdfast/contracts/own-api";
import { beforeAll, describe, expect, it } from "vitest";
import { asSystem } from "../../context.ts";
import { useApp } from "../../test/app.ts";
import { type Call, calling } from "../../test/call.ts";
import { anApiToken, anOrganisation, aUser } from "../../test/factories.ts";

const testApp = useApp();
let orgId: string;
let otherOrg: string;
let admin: Call;

beforeAll(async () => {
  const { services } = testApp();
  ({ orgId } = await anOrganisation(services));
  otherOrg = (await anOrganisation(services)).orgId;
  admin = calling(testApp, await anApiToken(services, orgId));
});

async function signIn(email: string, password: string) {
  const payload = { email, password };
  return testApp().app.inject({ method: "POST", url: "/api/v1/auth/sign-in", payload });
}
const session = async (email: string, password: string): Promise<Call> =>
  calling(testApp, (await signIn(email, password)).json<SessionTokens>().accessToken);
const anEmail = () => `${randomUUID()}@example.org`;

/** An administrator of every organisation, signed in. */
async function anAdministrator(): Promise<Call> {
  const { services } = testApp();
  const { email, password, userId } = await aUser(services, orgId);
  await asSystem(services, (db) =>
    db.updateTable("userAccount").set({ administrator: true }).where("id", "=", userId).execute(),
  );
  return session(email, password);
}

describe("people", () => {
  it("get a generated password, shown once, and the permissions of their role", async () => {
    const email = anEmail();
    const created = await admin("POST", "/users", { email, name: "Ann", orgId, role: "operator" });
    expect(created.statusCode).toBe(201);
    const user = created.json<CreatedUser>();
    expect(user).toMatchObject({ email, orgId, role: "operator", permissions: ["devices:read", "devices:write"] });
    const ann = await session(email, user.password ?? "");
    expect((await ann("GET", "/devices")).statusCode).toBe(200);
    expect((await ann("GET", "/users")).statusCode).toBe(403);
    const { items } = (await admin("GET", "/users")).json();
    expect(items).toContainEqual(expect.not.objectContaining({ password: expect.anything() }));
    expect(items.map((item: { id: string }) => item.id)).toContain(user.id);
  });

  it.each([
    [{ name: "x", role: "viewer" }, "email"],
    [{ email: "nonsense", role: "viewer" }, "email"],
    [{ email: "a@example.org", role: "king" }, "role"],
    [{ email: "a@example.org" }, "role"],
    [{ email: "a@example.org", role: "viewer", permissions: [] }, "role"],
    [{ email: "a@example.org", permissions: ["all"] }, "permissions"],
    [{ email: "a@example.org", role: "viewer", password: "short" }, "password"],
    [{ email: "a@example.org", role: "viewer", isAdmin: true }, "isAdmin"],
  ])("are refused with 422 when described by %j", async (body, named) => {
    const refused = await admin("POST", "/users", body);
    expect(refused.statusCode).toBe(422);
    expect(refused.json().detail).toContain(named);
  });

  it("belong to several organisations with one account, which none of these may change alone", async () => {
    const { services } = testApp();
    const email = anEmail();
    const first = (
      await admin("POST", "/users", { email, password: "a password", role: "viewer" })
    ).json<CreatedUser>();
    expect((await admin("POST", "/users", { email, role: "viewer" })).statusCode).toBe(409);
    const other = calling(testApp, await anApiToken(services, otherOrg));
    expect((await other("POST", "/users", { email, role: "admin", password: "another one" })).statusCode).toBe(409);
    const second = (await other("POST", "/users", { email: email.toUpperCase(), role: "admin" })).json<CreatedUser>();
    expect(second).toMatchObject({ id: first.id, orgId: otherOrg, role: "admin" });
    expect(second.password).toBeUndefined();
    expect((await other("PATCH", `/users/${first.id}`, { password: "taken over" })).statusCode).toBe(403);
    expect((await admin("PATCH", `/users/${first.id}`, { role: "operator" })).json()).toMatchObject({
      role: "operator",
    });
    const person = await session(email, "a password");
    const me = (await person("GET", "/auth/me")).json();
    expect(me.organisations.map(({ id }: { id: string }) => id).sort()).toEqual([orgId, otherOrg].sort());
    expect((await person("POST", "/users", { email: anEmail(), role: "viewer", orgId: otherOrg })).statusCode).toBe(
      201,
    );
    expect((await person("POST", "/users", { email: anEmail(), role: "viewer", orgId })).statusCode).toBe(403);
    expect((await other("DELETE", `/users/${first.id}`)).statusCode).toBe(204);
    expect((await person("GET", "/auth/me")).statusCode).toBe(200);
    expect((await admin("DELETE", `/users/${first.id}`)).statusCode).toBe(204);
    expect((await person("GET", "/auth/me")).statusCode).toBe(401);
  });

  it("never hand out more than they have, nor take charge of who has more", async () => {
    const { services } = testApp();
    const keeper = calling(testApp, await anApiToken(services, orgId, ["orgs:write"]));
    expect((await keeper("POST", "/users", { email: anEmail(), role: "viewer" })).statusCode).toBe(403);
    expect((await keeper("POST", "/users", { email: anEmail(), permissions: ["orgs:write"] })).statusCode).toBe(201);
    const { userId } = await aUser(services, orgId);
    expect((await keeper("PATCH", `/users/${userId}`, { password: "taken over" })).statusCode).toBe(403);
    expect((await keeper("DELETE", `/users/${userId}`)).statusCode).toBe(403);
    const stranger = await aUser(services, otherOrg);
    expect((await admin("PATCH", `/users/${stranger.userId}`, { name: "x" })).statusCode).toBe(404);
    expect((await admin("DELETE", `/users/${stranger.userId}`)).statusCode).toBe(404);
  });

  it("lose their sessions with a new password, and change their own only by the old one", async () => {
    const { services } = testApp();
    const { email, password, userId } = await aUser(services, orgId);
    const here = await session(email, password);
    const there = await session(email, password);
    const change = (currentPassword: string) =>
      here("POST", "/auth/password", { currentPassword, newPassword: "a new password" });
    expect((await change("wrong")).statusCode).toBe(422);
    expect((await change(password)).statusCode).toBe(204);
    expect((await here("GET", "/auth/me")).statusCode).toBe(200);
    expect((await there("GET", "/auth/me")).statusCode).toBe(401);
    expect((await signIn(email, password)).statusCode).toBe(401);
    expect((await admin("PATCH", `/users/${userId}`, { password: "set by another" })).statusCode).toBe(200);
    expect((await here("GET", "/auth/me")).statusCode).toBe(401);
    expect((await signIn(email, "set by another")).statusCode).toBe(200);
    expect((await admin("POST", "/auth/password", { currentPassword: "x", newPassword: "12345678" })).statusCode).toBe(
      403,
    );
  });
});

describe("organisations", () => {
  it("are made by administrators of all of them only, who then work in them by naming them", async () => {
    expect((await admin("POST", "/organisations", { name: "New" })).statusCode).toBe(403);
    const root = await anAdministrator();
    const created = await root("POST", "/organisations", { name: "New" });
    expect(created.statusCode).toBe(201);
    const { id } = created.json<{ id: string }>();
    const all = (await root("GET", "/organisations?limit=500")).json();
    expect(all.items.map((item: { id: string }) => item.id)).toEqual(expect.arrayContaining([orgId, otherOrg, id]));
    expect((await admin("GET", "/organisations")).json()).toMatchObject({ total: 1, items: [{ id: orgId }] });
    const email = anEmail();
    const user = (await root("POST", "/users", { email, role: "admin", orgId: id })).json<CreatedUser>();
    expect(user.orgId).toBe(id);
    expect((await root("GET", `/audit?orgId=${id}`)).json()).toMatchObject({
      total: 2,
      items: [
        { action: "user.create", after: { email } },
        { action: "organisation.create", after: { name: "New" } },
      ],
    });
    expect((await root("PATCH", `/users/${user.id}`, { name: "Renamed" })).json()).toMatchObject({ name: "Renamed" });
    expect((await root("DELETE", `/users/${user.id}`)).statusCode).toBe(204);
    expect((await admin("GET", `/audit?orgId=${id}`)).statusCode).toBe(404);
  });
});

describe("tokens", () => {
  const make = (call: Call, body: object) => call("POST", "/tokens", { name: "t", permissions: [], ...body });

  it("are shown once, noted when used, and refused once revoked or over", async () => {
    const made = await make(admin, { orgId, permissions: ["devices:read"] });
    expect(made.statusCode).toBe(201);
    const token = made.json<IssuedToken>();
    const call = calling(testApp, token.token);
    expect((await call("GET", "/devices")).statusCode).toBe(200);
    expect((await call("POST", "/tokens", { name: "t", permissions: [] })).statusCode).toBe(403);
    const listed = (await admin("GET", "/tokens?limit=500")).json();
    const shown = listed.items.find((item: { id: string }) => item.id === token.id);
    expect(shown).toMatchObject({ name: "t", lastUsedAt: expect.any(String), expiresAt: null });
    expect(listed.items.every((item: object) => !("token" in item))).toBe(true);
    expect((await admin("DELETE", `/tokens/${token.id}`)).statusCode).toBe(204);
    expect((await admin("DELETE", `/tokens/${token.id}`)).statusCode).toBe(404);
    expect((await call("GET", "/devices")).statusCode).toBe(401);
    const past = await make(admin, { expiresAt: "2020-01-01T00:00:00Z" });
    expect(past.statusCode).toBe(422);
    const brief = (await make(admin, { expiresAt: new Date(Date.now() + 300).toISOString() })).json<IssuedToken>();
    await new Promise((resolve) => setTimeout(resolve, 350));
    expect((await calling(testApp, brief.token)("GET", "/organisations")).statusCode).toBe(401);
  });

  it("may have no permission at all", async () => {
    const { token } = (await make(admin, {})).json<IssuedToken>();
    const call = calling(testApp, token);
    expect((await call("GET", "/devices")).statusCode).toBe(403);
    expect((await call("GET", "/organisations")).statusCode).toBe(200);
  });

  it("have no more than their maker, nor than whose they are", async () => {
    const { services } = testApp();
    const keeper = calling(testApp, await anApiToken(services, orgId, ["orgs:write"]));
    expect((await make(keeper, { permissions: ["devices:read"] })).statusCode).toBe(403);
    const viewer = await aUser(services, orgId, ["devices:read"]);
    const theirs = await make(admin, { userId: viewer.userId, permissions: ["devices:read"] });
    expect(theirs.json()).toMatchObject({ userId: viewer.userId });
    expect((await make(admin, { userId: viewer.userId, permissions: ["orgs:write"] })).statusCode).toBe(422);
    expect((await make(admin, { userId: (await aUser(services, otherOrg)).userId })).statusCode).toBe(422);
    // What its person loses, it loses.
    await admin("PATCH", `/users/${viewer.userId}`, { permissions: [] });
    const call = calling(testApp, theirs.json<IssuedToken>().token);
    expect((await call("GET", "/devices")).statusCode).toBe(403);
    await admin("DELETE", `/users/${viewer.userId}`);
    expect((await call("GET", "/devices")).statusCode).toBe(401);
  });

  it("are one's own to look after when signed in", async () => {
    const { services } = testApp();
    const { email, password } = await aUser(services, orgId, ["devices:read"]);
    const person = await session(email, password);
    const own = (await make(person, { permissions: ["devices:read"] })).json<IssuedToken>();
    expect((await make(person, { permissions: ["devices:write"] })).statusCode).toBe(403);
    expect((await make(person, { userId: null })).statusCode).toBe(403);
    expect((await person("GET", "/tokens")).json()).toMatchObject({ total: 1, items: [{ id: own.id }] });
    const other = (await make(admin, {})).json<IssuedToken>();
    expect((await person("DELETE", `/tokens/${other.id}`)).statusCode).toBe(403);
    expect((await person("DELETE", `/tokens/${own.id}`)).statusCode).toBe(204);
  });

  it("for devices are made, listed and revoked", async () => {
    const made = await admin("POST", "/enrolment-tokens", { orgId, uses: 3 });
    expect(made.statusCode).toBe(201);
    expect(made.json()).toMatchObject({ uses: 3, usesLeft: 3, token: expect.stringMatching(/^hfe_/) });
    const { id } = made.json<{ id: string }>();
    expect((await admin("GET", "/enrolment-tokens")).json().items).toContainEqual(expect.objectContaining({ id }));
    expect((await admin("DELETE", `/enrolment-tokens/${id}`)).statusCode).toBe(204);
    expect((await admin("DELETE", `/enrolment-tokens/${id}`)).statusCode).toBe(404);
    expect((await admin("POST", "/enrolment-tokens", { uses: 0 })).statusCode).toBe(422);
  });
});
