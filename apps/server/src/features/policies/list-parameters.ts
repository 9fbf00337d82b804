import { parametersFor } from "@holdfast/content/parameter";
import type { OsType } from "@holdfast/contracts/platform";
import type { ListedParameter } from "@holdfast/contracts/wire";
import { type Ctx, requirePermission } from "../../context.ts";

/** What a policy for an operating system may set, by id. @throws Forbidden */
export function listParameters(ctx: Ctx, osType: OsType): ListedParameter[] {
  requirePermission(ctx, "devices:read");
  return parametersFor(ctx.services.pack, osType).map((parameter) => {
    const { default: byDefault } = parameter;
    return { ...parameter, default: typeof byDefault === "object" ? [...byDefault] : byDefault } as ListedParameter;
  });
}
