import { Type } from "typebox";

/** Of interface A and our own lists. */
export const SkipLimit = {
  skip: Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 0, description: "How many to leave out." }),
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 50, description: "How many at most." }),
};

export interface Page {
  readonly offset: number;
  readonly limit: number;
}

export interface Listed<T> {
  readonly items: T[];
  /** Of all pages. */
  readonly total: number;
}
