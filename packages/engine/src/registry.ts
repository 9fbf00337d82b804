import type { AnyResource } from "./resource.ts";
import { sysctl } from "./resources/sysctl.ts";

/** Every resource kind, in alphabetical order. */
export const resources: readonly AnyResource[] = [sysctl];

const byKind = new Map(resources.map((resource) => [resource.kind, resource]));

export function findResource(kind: string): AnyResource | null {
  return byKind.get(kind) ?? null;
}
