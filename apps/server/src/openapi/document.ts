import { ApiError, LiveEvent, type Permission } from "@holdfast/contracts/own-api";
import type { RouteOptions } from "fastify";
import { Type } from "typebox";
import { Components } from "./components.ts";

declare module "fastify" {
  interface FastifySchema {
    /** Left out of the document. */
    hide?: boolean;
    /** The document has what names its operation. */
    operationId?: string;
    summary?: string;
    description?: string;
    tags?: readonly string[];
  }
}

/** OpenAPI 3.1.0: https://spec.openapis.org/oas/v3.1.0 — the parts we write. */
export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly security: readonly Record<string, readonly string[]>[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly securitySchemes: Record<string, unknown>;
    readonly parameters: Record<string, unknown>;
    readonly schemas: Readonly<Record<string, Record<string, unknown>>>;
  };
}
export interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly security?: readonly never[];
  readonly "x-permission": Permission | null;
  readonly parameters: readonly Record<string, unknown>[];
  readonly requestBody?: Record<string, unknown>;
  readonly responses: Readonly<Record<string, Record<string, unknown>>>;
}

interface RouteSchema {
  readonly hide?: boolean;
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly params?: ObjectSchema;
  readonly querystring?: ObjectSchema;
  readonly body?: Record<string, unknown>;
  readonly response?: Readonly<Record<string, unknown>>;
}
interface ObjectSchema {
  readonly properties?: Readonly<Record<string, Record<string, unknown>>>;
  readonly required?: readonly string[];
}

const Ids = Type.Optional(Type.Array(Type.String()));
/** The error shape of interface B, with the members the document names. */
export const CisError = Type.Object(
  { error: Type.String(), missingIds: Ids, selfApprovedIds: Ids, invalidCheckIds: Ids, manualCheckIds: Ids },
  { additionalProperties: true },
);

const tags = {
  auth: "Signing in, staying so, signing out.",
  organisations: "Organisations.",
  users: "People and what they may do.",
  tokens: "API tokens.",
  enrolment: "Tokens that let devices in.",
  devices: "Devices and what was found on them.",
  overview: "One policy at a glance.",
  policies: "What policies can be made of.",
  events: "What happens, while it does.",
  remediations: "Fixes that were asked for.",
  audit: "Who changed what.",
  compliance: "Interface A: policies, checks, results, scores, history, exceptions, statistics, scans.",
  cis: "Interface B: baselines, scans, compliance, remediation; served under /api/v1/cis and under /cis.",
} as const;

/** Describes every route that has a schema and does not hide it. */
export function describeRoutes(routes: readonly RouteOptions[]): OpenApiDocument {
  const components = new Components();
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    // Routes are declared with TypeBox schemas, which are plain JSON Schema.
    const schema = route.schema as RouteSchema | undefined;
    if (schema === undefined || schema.hide === true || schema.operationId === undefined) continue;
    const path = route.url.replaceAll(/:(\w+)/g, "{$1}");
    for (const method of [route.method].flat().filter((name) => name !== "HEAD")) {
      paths[path] = { ...paths[path], [method.toLowerCase()]: describe(route, schema, path, components) };
    }
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Holdfast",
      version: "1.0.0",
      description:
        "Hardening posture of devices against CIS benchmarks. Authorization: Bearer with an API token or a session's " +
        "access token. Another organisation's rows are 404, never 403. Every answer says how many requests are left " +
        "(RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset) and which request it was (X-Request-Id).",
    },
    tags: [...Object.entries(tags), ...undescribedTags(paths)].map(([name, description]) => ({ name, description })),
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "An API token (hf_…) or a session's access token." },
      },
      parameters: {
        Organisation: {
          name: "x-holdfast-org",
          in: "header",
          required: false,
          description: "The organisation to work in, for a sender who may enter several.",
          schema: { type: "string", format: "uuid" },
        },
      },
      schemas: components.schemas,
    },
  };
}

function undescribedTags(paths: OpenApiDocument["paths"]): (readonly [string, string])[] {
  const used = Object.values(paths).flatMap((item) => Object.values(item).flatMap((operation) => operation.tags));
  return [...new Set(used)].filter((name) => !(name in tags)).map((name) => [name, ""]);
}

function describe(route: RouteOptions, schema: RouteSchema, path: string, components: Components): Operation {
  const { config = {} } = route;
  const { operationId = "", params, querystring, body } = schema;
  const name = operationId.charAt(0).toUpperCase() + operationId.slice(1);
  const isOpen = config.public === true;
  const needs =
    config.permission === undefined ? (isOpen ? "Needs no credential." : "") : `Needs \`${config.permission}\`.`;
  return {
    operationId,
    ...(schema.summary === undefined ? {} : { summary: schema.summary }),
    description: [schema.description, needs].filter(Boolean).join(" "),
    tags: schema.tags ?? ["other"],
    ...(isOpen ? { security: [] } : {}),
    "x-permission": config.permission ?? null,
    parameters: [
      ...parametersOf("path", params, components),
      ...parametersOf("query", querystring, components),
      ...(isOpen || config.account === true ? [] : [{ $ref: "#/components/parameters/Organisation" }]),
    ],
    ...(body === undefined ? {} : { requestBody: requestBodyOf(name, body, components) }),
    responses: { ...answersOf(name, path, schema, components), ...refusalsOf(path, schema, config, components) },
  };
}

function parametersOf(where: "path" | "query", schema: ObjectSchema | undefined, components: Components) {
  return Object.entries(schema?.properties ?? {}).map(([name, { description, ...member }]) => ({
    name,
    in: where,
    // What has a default may be left out, although the route always sees it.
    required: where === "path" || ((schema?.required ?? []).includes(name) && !("default" in member)),
    ...(description === undefined ? {} : { description }),
    schema: components.refer(member),
  }));
}

function requestBodyOf(name: string, body: Record<string, unknown>, components: Components): Record<string, unknown> {
  const alternatives = Array.isArray(body["anyOf"]) ? (body["anyOf"] as { readonly type?: string }[]) : [];
  return {
    required: !alternatives.some(({ type }) => type === "null"),
    content: { "application/json": { schema: components.referAs(`${name}Body`, withoutDefaulted(body, components)) } },
  };
}

/** A body whose members with a default are not required. The same object when there are none: it keeps its name. */
function withoutDefaulted(body: Record<string, unknown>, components: Components): Record<string, unknown> {
  const { properties = {}, required } = body as ObjectSchema;
  const needed = required?.filter((member) => !("default" in (properties[member] ?? {})));
  if (needed === undefined || needed.length === required?.length) return body;
  const copy = { ...body, required: needed };
  components.rename(body, copy);
  return copy;
}

const answerWords: Readonly<Record<string, string>> = {
  "200": "Done.",
  "201": "Made.",
  "202": "Queued.",
  "204": "Done; there is nothing to say.",
};

function answersOf(name: string, path: string, { response = {} }: RouteSchema, components: Components) {
  if (path.endsWith("/events")) {
    const schema = components.refer(LiveEvent);
    return { "200": { description: "One event per `data:` line.", content: { "text/event-stream": { schema } } } };
  }
  return Object.fromEntries(
    Object.entries(response).map(([status, schema]) => {
      const description = answerWords[status] ?? "Done.";
      if (status === "204") return [status, { description }];
      const suffix = status === "200" || Object.keys(response).length === 1 ? "Answer" : `Answer${status}`;
      return [status, { description, content: json(components.referAs(`${name}${suffix}`, schema)) }];
    }),
  );
}

function refusalsOf(path: string, schema: RouteSchema, config: RouteOptions["config"], components: Components) {
  const isCis = /^\/(api\/v1\/)?cis\//.test(path);
  const content = json(isCis ? components.referAs("CisError", CisError) : components.refer(ApiError));
  const takes = schema.params ?? schema.querystring ?? schema.body;
  const refusals: Record<string, string | false> = {
    "400": isCis && takes !== undefined && "The request is not as described; the message names what.",
    "401": config?.public !== true && "There is no valid credential.",
    "403": config?.public !== true && "The permission is missing.",
    "404": (path.includes("{") || schema.body !== undefined) && config?.public !== true && "There is no such row here.",
    "422": !isCis && takes !== undefined && "The request is not as described; the message names what.",
    "429": "Too many requests; `Retry-After` says when to try again.",
    default: "Any other refusal, such as a conflict (409), in the same shape.",
  };
  return Object.fromEntries(
    Object.entries(refusals).flatMap(([status, description]) =>
      description === false ? [] : [[status, { description, content }]],
    ),
  );
}

function json(schema: unknown): Record<string, unknown> {
  return { "application/json": { schema } };
}
