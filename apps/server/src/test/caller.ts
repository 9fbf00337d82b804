import type { Permission } from "@holdfast/contracts/own-api";
import type { LightMyRequestResponse } from "fastify";
import type { TestApp } from "./app.ts";
import { anApiToken } from "./factories.ts";

export type Call = (
  method: "GET" | "POST" | "PATCH" | "DELETE",
  url: string,
  payload?: object,
) => Promise<LightMyRequestResponse>;

/** Sends requests with an API token of its own, which is nobody's, in an organisation. */
export async function aCaller({ app, services }: TestApp, orgId: string, held?: readonly Permission[]): Promise<Call> {
  const token = await anApiToken(services, orgId, held);
  return callWith(app, token);
}

export function callWith(app: TestApp["app"], token: string): Call {
  const headers = { authorization: `Bearer ${token}` };
  return (method, url, payload) => app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
}
