import type { Token } from "@holdfast/contracts/administration";
import { permissions } from "@holdfast/contracts/own-api";
import type { TokenRow } from "./queries.ts";

export function presentToken({ createdAt, expiresAt, lastUsedAt, permissions: held, ...row }: TokenRow): Token {
  return {
    ...row,
    permissions: permissions.filter((permission) => held.includes(permission)),
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}
