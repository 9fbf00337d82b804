import { roleOf, type User } from "@holdfast/contracts/administration";
import type { MemberRow } from "./queries.ts";

export function presentUser({ id, email, name, orgId, permissions, administrator, createdAt }: MemberRow): User {
  return {
    id,
    email,
    name,
    orgId,
    role: roleOf(permissions),
    permissions: [...permissions],
    administrator,
    createdAt: createdAt.toISOString(),
  };
}
