import type { LightMyRequestResponse } from "fastify";
import type { TestApp } from "./app.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export type Call = (method: Method, url: string, payload?: unknown) => Promise<LightMyRequestResponse>;

/** Sends requests as a token or session does; addresses are below /api/v1. */
export function calling(testApp: () => TestApp, token: string): Call {
  return (method, url, payload) =>
    testApp().app.inject({
      method,
      url: url.startsWith("/cis") ? url : `/api/v1${url}`,
      headers: { authorization: `Bearer ${token}` },
      ...(payload === undefined ? {} : { payload: payload as object }),
    });
}
