import { type RoleName, rolePermissions } from "@holdfast/contracts/administration";
import { type Permission, permissions } from "@holdfast/contracts/own-api";
import type { Ctx } from "../../context.ts";
import { Forbidden, Invalid } from "../../errors.ts";

/** What a body grants: a role's permissions, or a list of them; undefined when it says nothing. @throws Invalid for both at once. */
export function namedPermissions(body: {
  readonly role?: RoleName | undefined;
  readonly permissions?: readonly Permission[] | undefined;
}): readonly Permission[] | undefined {
  if (body.role === undefined) {
    return body.permissions && permissions.filter((permission) => body.permissions?.includes(permission));
  }
  if (body.permissions !== undefined) throw new Invalid("Give either role or permissions, not both.");
  return rolePermissions[body.role];
}

/** @throws Forbidden when the actor would hand out, or take charge of, what they do not have themselves. */
export function assertWithinOwn(ctx: Ctx, granted: readonly Permission[]): void {
  const beyond = granted.filter((permission) => !ctx.actor.permissions.has(permission));
  if (beyond.length === 0) return;
  throw new Forbidden(`Nobody hands out more than they have; you do not have ${beyond.join(", ")} here.`);
}
