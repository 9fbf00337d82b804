import { type Static, type TSchema, Type } from "typebox";
import {
  AuditEvent,
  CreatedUser,
  EnrolmentToken,
  IssuedEnrolmentToken,
  IssuedToken,
  NewEnrolmentToken,
  NewOrganisation,
  NewToken,
  NewUser,
  Organisation,
  PasswordChange,
  Token,
  User,
  UserChange,
} from "./administration.ts";
import { Device, DeviceFindings, Me, Overview, SessionTokens, SignIn } from "./own-api.ts";
import { ListedParameter } from "./wire.ts";

const listOf = <Item extends TSchema>(item: Item) => Type.Object({ items: Type.Array(item), total: Type.Integer() });
const none = Type.Null();

/** Our own routes by the names of their operations: addresses below /api/v1, with the schemas the server validates by. */
export const operations = {
  signIn: { method: "POST", path: "/auth/sign-in", body: SignIn, answer: SessionTokens },
  changePassword: { method: "POST", path: "/auth/password", body: PasswordChange, answer: none },
  getMe: { method: "GET", path: "/auth/me", body: none, answer: Me },
  listOrganisations: { method: "GET", path: "/organisations", body: none, answer: listOf(Organisation) },
  createOrganisation: { method: "POST", path: "/organisations", body: NewOrganisation, answer: Organisation },
  listUsers: { method: "GET", path: "/users", body: none, answer: listOf(User) },
  createUser: { method: "POST", path: "/users", body: NewUser, answer: CreatedUser },
  updateUser: { method: "PATCH", path: "/users/{id}", body: UserChange, answer: User },
  deleteUser: { method: "DELETE", path: "/users/{id}", body: none, answer: none },
  listTokens: { method: "GET", path: "/tokens", body: none, answer: listOf(Token) },
  createToken: { method: "POST", path: "/tokens", body: NewToken, answer: IssuedToken },
  revokeToken: { method: "DELETE", path: "/tokens/{id}", body: none, answer: none },
  listEnrolmentTokens: { method: "GET", path: "/enrolment-tokens", body: none, answer: listOf(EnrolmentToken) },
  createEnrolmentToken: {
    method: "POST",
    path: "/enrolment-tokens",
    body: NewEnrolmentToken,
    answer: IssuedEnrolmentToken,
  },
  revokeEnrolmentToken: { method: "DELETE", path: "/enrolment-tokens/{id}", body: none, answer: none },
  listAuditEvents: { method: "GET", path: "/audit", body: none, answer: listOf(AuditEvent) },
  getOverview: { method: "GET", path: "/overview", body: none, answer: Overview },
  listDevices: { method: "GET", path: "/devices", body: none, answer: listOf(Device) },
  getDevice: { method: "GET", path: "/devices/{id}", body: none, answer: Device },
  deleteDevice: { method: "DELETE", path: "/devices/{id}", body: none, answer: none },
  listParameters: { method: "GET", path: "/parameters", body: none, answer: listOf(ListedParameter) },
  getDeviceFindings: { method: "GET", path: "/devices/{id}/findings", body: none, answer: DeviceFindings },
} as const;

type Operations = typeof operations;
export type OperationName = keyof Operations;
export type Answer<Name extends OperationName> = Static<Operations[Name]["answer"]>;

/** What an operation takes: path parameters where it has some, a body where it wants one, and a query. */
export type Input<Name extends OperationName> = {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
} & (Operations[Name]["path"] extends `${string}{id}${string}` ? { readonly id: string } : { readonly id?: never }) &
  (null extends Static<Operations[Name]["body"]>
    ? { readonly body?: never }
    : { readonly body: Static<Operations[Name]["body"]> });

/** Sends a request below /api/v1 and gives its answer's JSON; throws on a refusal. */
export type Send = (method: string, path: string, body?: unknown) => Promise<unknown>;

/**
 * A client of our own routes over whatever sends requests.
 *
 * @example
 * const call = apiClient(send);
 * const { items } = await call("listDevices", { query: { search: "web" } });
 */
export function apiClient(send: Send) {
  return async <Name extends OperationName>(name: Name, input: Input<Name>): Promise<Answer<Name>> => {
    const { method, path } = operations[name];
    const { id = "", query = {}, body } = input;
    const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
    const text = new URLSearchParams(pairs.map(([key, value]): [string, string] => [key, String(value)])).toString();
    const address = path.replace("{id}", encodeURIComponent(id)) + (text === "" ? "" : `?${text}`);
    // The server serialises by the same schema.
    return (await send(method, address, body)) as Answer<Name>;
  };
}
