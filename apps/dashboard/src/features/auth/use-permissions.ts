import type { Permission } from "@holdfast/contracts/own-api";
import { useSuspenseQuery } from "@tanstack/react-query";
import { getMe } from "./get-me.ts";

/** What the signed-in user may do in the organisation shown. The server decides again; this only hides what it would refuse. */
export function usePermissions(): { readonly orgId: string; readonly may: (permission: Permission) => boolean } {
  const { data } = useSuspenseQuery(getMe);
  const organisation = data.organisations[0];
  return {
    orgId: organisation?.id ?? "",
    may: (permission) => organisation?.permissions.includes(permission) ?? false,
  };
}
