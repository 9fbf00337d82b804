import { type Static, Type } from "typebox";
import { Permission, permissions } from "./own-api.ts";

/* Organisations, people, tokens and the audit log: our own routes under /api/v1. Errors and lists as in own-api.ts. */

const Uuid = Type.String({ format: "uuid" });
const IsoTime = Type.String({ format: "date-time" });
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const closed = { additionalProperties: false } as const;
const Name = Type.String({ minLength: 1, maxLength: 200 });
const Email = Type.String({ minLength: 3, maxLength: 254, pattern: "^[^\\s@]+@[^\\s@]+$" });
const Permissions = Type.Array(Permission, { maxItems: 10 });
export const Password = Type.String({ minLength: 8, maxLength: 200 });

/** A role is a name for a set of permissions. */
export const roles = ["viewer", "operator", "admin"] as const;
export type RoleName = (typeof roles)[number];
export const rolePermissions: Readonly<Record<RoleName, readonly Permission[]>> = {
  viewer: ["devices:read"],
  operator: ["devices:read", "devices:write"],
  admin: permissions,
};

/** The role that has exactly these permissions; null when none has. */
export function roleOf(held: readonly string[]): RoleName | null {
  const key = (list: readonly string[]): string => [...new Set(list)].sort().join();
  return roles.find((role) => key(rolePermissions[role]) === key(held)) ?? null;
}

export const Organisation = Type.Object({
  id: Uuid,
  name: Type.String(),
  createdAt: IsoTime,
  /** What the sender may do there. */
  permissions: Type.Array(Permission),
});
export type Organisation = Static<typeof Organisation>;
export const NewOrganisation = Type.Object({ name: Name }, closed);

/** An account as a member of one organisation. */
export const User = Type.Object({
  id: Uuid,
  email: Type.String(),
  name: Type.String(),
  orgId: Uuid,
  role: nullable(Type.Enum(roles)),
  permissions: Type.Array(Permission),
  administrator: Type.Boolean({ description: "Administers every organisation." }),
  createdAt: IsoTime,
});
export type User = Static<typeof User>;
export const CreatedUser = Type.Object({
  ...User.properties,
  password: Type.Optional(Type.String({ description: "Only when it was generated, and only now." })),
});
export type CreatedUser = Static<typeof CreatedUser>;
/** `role` or `permissions`, not both. An address that has an account becomes a member of a further organisation. */
export const NewUser = Type.Object(
  {
    email: Email,
    password: Type.Optional(Password),
    name: Type.Optional(Name),
    orgId: Type.Optional(Uuid),
    role: Type.Optional(Type.Enum(roles)),
    permissions: Type.Optional(Permissions),
  },
  closed,
);
export type NewUser = Static<typeof NewUser>;
export const UserChange = Type.Object(
  {
    email: Type.Optional(Email),
    password: Type.Optional(Password),
    name: Type.Optional(Name),
    orgId: Type.Optional(Uuid),
    role: Type.Optional(Type.Enum(roles)),
    permissions: Type.Optional(Permissions),
  },
  closed,
);
export type UserChange = Static<typeof UserChange>;

export const PasswordChange = Type.Object(
  { currentPassword: Type.String({ minLength: 1, maxLength: 200 }), newPassword: Password },
  closed,
);

export const Token = Type.Object({
  id: Uuid,
  orgId: Uuid,
  name: Type.String(),
  /** Whose it is; null when it is nobody's. */
  userId: nullable(Uuid),
  permissions: Type.Array(Permission),
  createdBy: nullable(Type.String()),
  createdAt: IsoTime,
  expiresAt: nullable(IsoTime),
  /** To the minute. */
  lastUsedAt: nullable(IsoTime),
});
export type Token = Static<typeof Token>;
export const IssuedToken = Type.Object({
  ...Token.properties,
  token: Type.String({ description: "Shown this once." }),
});
export type IssuedToken = Static<typeof IssuedToken>;
export const NewToken = Type.Object(
  {
    name: Name,
    orgId: Type.Optional(Uuid),
    permissions: Permissions,
    userId: Type.Optional(nullable(Uuid)),
    expiresAt: Type.Optional(nullable(IsoTime)),
  },
  closed,
);
export type NewToken = Static<typeof NewToken>;

export const EnrolmentToken = Type.Object({
  id: Uuid,
  orgId: Uuid,
  uses: Type.Integer(),
  usesLeft: Type.Integer(),
  createdAt: IsoTime,
  expiresAt: IsoTime,
});
export type EnrolmentToken = Static<typeof EnrolmentToken>;
export const IssuedEnrolmentToken = Type.Object({
  ...EnrolmentToken.properties,
  token: Type.String({ description: "Shown this once." }),
});
export type IssuedEnrolmentToken = Static<typeof IssuedEnrolmentToken>;
export const NewEnrolmentToken = Type.Object(
  {
    orgId: Type.Optional(Uuid),
    uses: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1 }),
    expiresAt: Type.Optional(IsoTime),
  },
  closed,
);

/** One entry of the audit log. Its hash covers the one before it. */
export const AuditEvent = Type.Object({
  /** 1, 2, 3 … in each organisation. */
  id: Type.Integer(),
  orgId: Uuid,
  at: IsoTime,
  actor: Type.String({ description: "An address, a token's name, a host name." }),
  actorType: Type.Enum(["user", "token", "agent", "system"]),
  actorId: Type.String(),
  actorUserId: nullable(Type.String({ description: "The person behind a token." })),
  action: Type.String({ description: "noun.verb, e.g. policy.create" }),
  subject: Type.String({ description: "What it was done to: its kind and its id." }),
  subjectType: Type.String(),
  subjectId: Type.String(),
  before: Type.Unknown({ description: "What the subject was; null when it is new or not recorded." }),
  after: Type.Unknown({ description: "What it became; null when it is gone or not recorded." }),
  detail: Type.Unknown(),
  requestId: nullable(Type.String()),
  hash: Type.String({ description: "SHA-256, hexadecimal; covers the event before." }),
});
export type AuditEvent = Static<typeof AuditEvent>;
