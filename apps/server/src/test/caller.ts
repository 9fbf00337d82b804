import type { Permission } from "@holdfast/contracts/own-api";
import type { TestApp } from "./app.ts";
import { anApiToken } from "./factories.ts";

/** What came back: the status, and the body as JSON; null without one. */
export interface Answer {
  readonly status: number;
  readonly body: ReturnType<typeof JSON.parse>;
}

export type Caller = (method: Method, path: string, payload?: unknown) => Promise<Answer>;
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Sends requests with a token of an organisation. */
export async function aCaller(app: TestApp, orgId: string, held?: readonly Permission[]): Promise<Caller> {
  const token = await anApiToken(app.services, orgId, held);
  return (method, path, payload) => send(app, method, path, { authorization: `Bearer ${token}` }, payload);
}

export async function send(
  { app }: TestApp,
  method: Method,
  path: string,
  headers: Readonly<Record<string, string>>,
  payload?: unknown,
): Promise<Answer> {
  const response = await app.inject({
    method,
    url: path,
    headers: { ...headers, ...(payload === undefined ? {} : { "content-type": "application/json" }) },
    ...(payload === undefined ? {} : { payload: typeof payload === "string" ? payload : JSON.stringify(payload) }),
  });
  return { status: response.statusCode, body: response.body === "" ? null : response.json() };
}
