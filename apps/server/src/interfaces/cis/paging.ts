import { Type } from "typebox";

/** How many at most, in this interface's words. */
export function pageOf(largest: number, fallback: number) {
  return {
    limit: Type.Integer({ minimum: 1, maximum: largest, default: fallback, description: "How many at most." }),
    offset: Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 0, description: "How many to leave out." }),
  };
}

export const Pagination = Type.Object({ limit: Type.Integer(), offset: Type.Integer(), total: Type.Integer() });

/** Makes operation ids unique where the same routes are served twice. */
export interface CisOptions {
  readonly operationSuffix: string;
}

export const tags = ["cis"];
export const Uuid = Type.String({ format: "uuid" });
export const Time = Type.String({ format: "date-time" });
