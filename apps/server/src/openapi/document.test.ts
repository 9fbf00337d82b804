import { operations as clientOperations } from "@holdfast/contracts/client";
import { beforeAll, describe, expect, it } from "vitest";
import { useApp } from "../test/app.ts";
import { cisDocument, complianceDocument, type DocumentedOperation } from "../test/documented-interfaces.ts";
import type { OpenApiDocument, Operation } from "./document.ts";

const testApp = useApp();
let document: OpenApiDocument;

beforeAll(async () => {
  document = (await testApp().app.inject("/api/v1/openapi.json")).json<OpenApiDocument>();
});

const interfaces: readonly (readonly [string, readonly DocumentedOperation[]])[] = [
  ["/api/v1/compliance", complianceDocument],
  ["/api/v1/cis", cisDocument],
  ["/cis", cisDocument],
];
const documented = interfaces.flatMap(([prefix, operations]) =>
  operations.map((operation) => ({ ...operation, name: `${operation.method} ${prefix}${operation.path}`, prefix })),
);

describe("the OpenAPI document", () => {
  it.each(documented)("has all that is documented of $name", ({ prefix, method, path, parameters, body, answer }) => {
    const operation = document.paths[prefix + path]?.[method];
    expect(operation).toBeDefined();
    if (operation === undefined) return;
    const names = operation.parameters.map((parameter) => parameter["name"]);
    expect(names).toEqual(expect.arrayContaining([...(parameters ?? []), ...pathNames(path)]));
    expect((body ?? []).filter((member) => !has(contentOf(operation.requestBody), member))).toEqual([]);
    const good = Object.entries(operation.responses).find(([status]) => status.startsWith("2"))?.[1];
    expect((answer ?? []).filter((member) => !has(contentOf(good), member))).toEqual([]);
  });

  it("names every object that a request or an answer is, and refers to nothing that is not there", () => {
    for (const { operation, name } of operations()) {
      for (const holder of [operation.requestBody, ...Object.values(operation.responses)]) {
        const schema = contentOf(holder);
        if (schema?.["type"] === "object") expect.fail(`${name} has an object without a name`);
      }
    }
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(100);
    for (const [, kind = "", name = ""] of references) {
      expect(document.components[kind as "schemas" | "parameters"], name).toHaveProperty(name);
    }
  });

  it("says what each operation needs and how it refuses", () => {
    const names = new Set<string>();
    for (const { operation, name } of operations()) {
      expect(names.has(operation.operationId), name).toBe(false);
      names.add(operation.operationId);
      expect(operation.responses["429"], name).toBeDefined();
      if (operation.security === undefined) expect(operation.responses["401"], name).toBeDefined();
      if (name.includes("/cis/")) expect(JSON.stringify(operation.responses["default"])).toContain("CisError");
    }
    expect(document.openapi).toBe("3.1.0");
    expect(document.components.securitySchemes).toMatchObject({ bearer: { type: "http", scheme: "bearer" } });
  });

  it("has every operation of the client, under the same name", () => {
    for (const [name, { method, path }] of Object.entries(clientOperations)) {
      expect(document.paths[`/api/v1${path}`]?.[method.toLowerCase()]?.operationId).toBe(name);
    }
  });

  it("can be browsed without a script and without anything from elsewhere", async () => {
    const page = await testApp().app.inject("/api/v1/docs");
    expect(page.headers["content-type"]).toContain("text/html");
    const shown = [
      ...operations().map(({ operation }) => operation.operationId),
      ...Object.keys(document.components.schemas).map((name) => `schema-${name}`),
    ];
    expect(shown.filter((id) => !page.body.includes(`id="${id}"`))).toEqual([]);
    const links = [...page.body.matchAll(/href="#([^"]+)"/g)].map(([, target]) => target);
    expect(links.filter((target) => !page.body.includes(`id="${target}"`))).toEqual([]);
    expect(/<script|https?:\/\/|undefined|\[object/.exec(page.body)?.[0]).toBeUndefined();
  });
});

function operations(): { readonly name: string; readonly operation: Operation }[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
  );
}

type Schema = Record<string, unknown>;

function contentOf(holder: Schema | undefined): Schema | undefined {
  const content = holder?.["content"] as Record<string, { readonly schema: Schema }> | undefined;
  return content === undefined ? undefined : Object.values(content)[0]?.schema;
}

/** Whether a schema, or one of its alternatives, has a member: "a.b", "a[].b" or "[].b". */
function has(schema: unknown, member: string): boolean {
  if (schema === null || typeof schema !== "object") return false;
  const { $ref, anyOf, allOf, items, properties } = schema as {
    readonly $ref?: string;
    readonly anyOf?: readonly unknown[];
    readonly allOf?: readonly unknown[];
    readonly items?: unknown;
    readonly properties?: Schema;
  };
  if ($ref !== undefined) return has(document.components.schemas[$ref.split("/").at(-1) ?? ""], member);
  if ([...(anyOf ?? []), ...(allOf ?? [])].some((part) => has(part, member))) return true;
  if (member.startsWith("[]")) return has(items, member.slice(3));
  const [, name = "", rest = ""] = /^(\w+)\.?(.*)$/.exec(member) ?? [];
  const next = /^(\w+)(\[\].*)$/.exec(member);
  if (next !== null) return has(properties?.[next[1] ?? ""], next[2] ?? "");
  return properties !== undefined && name in properties && (rest === "" || has(properties[name], rest));
}

function pathNames(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
}
