import { type TSchema, Type } from "typebox";
import { SkipLimit } from "./paging.ts";

/* Schemas our own routes share. */

export const Uuid = Type.String({ format: "uuid" });
export const ById = Type.Object({ id: Uuid });
const orgId = Type.Optional(
  Type.String({ format: "uuid", description: "The organisation, for a sender who may enter several." }),
);
export const InOrganisation = Type.Object({ orgId }, { additionalProperties: false });
export const PageQuery = Type.Object(SkipLimit, { additionalProperties: false });
export const PageInOrganisation = Type.Object({ ...SkipLimit, orgId }, { additionalProperties: false });
export const listOf = <Item extends TSchema>(item: Item) =>
  Type.Object({ items: Type.Array(item), total: Type.Integer({ description: "Of all pages." }) });
