import { type Static, Type } from "typebox";
import type { NewException } from "../../features/exceptions/create-exception.ts";
import { isInForce } from "../../features/exceptions/exception.ts";
import type { Exception } from "../../features/exceptions/queries.ts";
import { parseTime } from "../../http/parse-time.ts";
import { closed, Time, Uuid } from "./vocabulary.ts";

const nullable = <T extends typeof Uuid>(schema: T) => Type.Union([schema, Type.Null()]);

export const ComplianceException = Type.Object({
  id: Uuid,
  check_id: Uuid,
  agent_uuid: nullable(Uuid),
  reason: Type.String(),
  is_active: Type.Boolean({ description: "Neither revoked nor over." }),
  expires_at: nullable(Time),
  created_at: Time,
  created_by: Uuid,
});
export type ComplianceException = Static<typeof ComplianceException>;

export const NewComplianceException = Type.Object(
  {
    check_id: Uuid,
    agent_uuid: Type.Optional(Type.Union([Uuid, Type.Null()], { description: "Left out: every agent." })),
    reason: Type.String({ minLength: 1, maxLength: 2000, pattern: "\\S" }),
    expires_at: Type.Optional(Type.Union([Time, Type.Null()], { description: "Left out: until it is revoked." })),
  },
  closed,
);

export function toNewException(body: Static<typeof NewComplianceException>): NewException {
  const { check_id: checkId, agent_uuid: deviceId = null, reason, expires_at: expiresAt } = body;
  return { checkId, deviceId, reason, expiresAt: expiresAt ? parseTime(expiresAt, "expires_at") : null };
}

export function presentException(exception: Exception, now: Date): ComplianceException {
  return {
    id: exception.id,
    check_id: exception.checkId,
    agent_uuid: exception.deviceId,
    reason: exception.reason,
    is_active: isInForce(exception, now),
    expires_at: exception.expiresAt?.toISOString() ?? null,
    created_at: exception.createdAt.toISOString(),
    created_by: exception.createdBy,
  };
}
