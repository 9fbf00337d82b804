import { canonicalJson } from "@holdfast/contracts/json";
import { type Static, Type } from "typebox";
import { expandGlob } from "../glob.ts";
import type { Resource } from "../resource.ts";

const Target = Type.Object({ collect: Type.Array(Type.String({ pattern: "^/" })) }, { additionalProperties: false });
const Desired = Type.Object({ question: Type.String({ minLength: 1 }) }, { additionalProperties: false });

/** What a person has to look at. It never judges; it says which of the files to look at are there. */
export const manual: Resource<Static<typeof Target>, { readonly files: readonly string[] }, Static<typeof Desired>> = {
  kind: "manual",
  target: Target,
  desired: Desired,
  address: ({ collect }) => `manual:${canonicalJson(collect)}`,
  async read(host, { collect }) {
    const found = await Promise.all(collect.map((pattern) => expandGlob(host, pattern, 100)));
    return { files: [...new Set(found.flatMap(({ paths }) => paths))].sort() };
  },
  judge: ({ files }, { question }) => ({
    verdict: "manual",
    expected: question,
    actual: question,
    source: files[0] ?? null,
  }),
};
