import type { EnrolmentToken } from "@holdfast/contracts/administration";
import type { EnrolmentTokenRow } from "./queries.ts";

export function presentEnrolmentToken(row: EnrolmentTokenRow): EnrolmentToken {
  const { id, orgId, uses, usesLeft, createdAt, expiresAt } = row;
  return { id, orgId, uses, usesLeft, createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() };
}
