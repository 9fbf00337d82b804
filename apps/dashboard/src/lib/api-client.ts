import { apiClient } from "@holdfast/contracts/client";
import type { ApiError, SessionTokens } from "@holdfast/contracts/own-api";

/** An answer that is not 2xx, with the message the server meant for people. */
export class ApiRequestError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiRequestError";
    this.status = status;
  }
}

/** Only in memory: a page reload gets a new one by the refresh cookie, which scripts cannot read. */
let accessToken: string | null = null;
let refreshing: Promise<boolean> | null = null;

/** Says no more than that somebody signed in here, so that a visitor who never did is not sent to renew anything. */
const signedInKey = "holdfast-signed-in";

export function setAccessToken(token: string | null): void {
  accessToken = token;
  if (token === null) localStorage.removeItem(signedInKey);
  else localStorage.setItem(signedInKey, "yes");
}

/** Whether there may be a session; only the server knows. */
export function mayBeSignedIn(): boolean {
  return accessToken !== null || localStorage.getItem(signedInKey) !== null;
}

/**
 * Asks the server under /api/v1; signs in again by the refresh cookie when the access token has ended.
 * The type is the route's response schema, which the server serialises by. @throws ApiRequestError
 */
export async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  if (accessToken === null && !path.startsWith("/auth/sign-") && mayBeSignedIn()) await refreshSession();
  let response = await send(method, path, body);
  if (response.status === 401 && (await refreshSession())) response = await send(method, path, body);
  if (!response.ok) throw new ApiRequestError(response.status, await messageOf(response));
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** The same for our own routes, typed by the schemas the server validates by. @throws ApiRequestError */
export const call = apiClient(request);

/** A stream of an answer's text, for live events. @throws ApiRequestError */
export async function openStream(path: string, signal: AbortSignal): Promise<ReadableStream<string>> {
  let response = await send("GET", path, undefined, signal);
  if (response.status === 401 && (await refreshSession())) response = await send("GET", path, undefined, signal);
  if (!response.ok || response.body === null) throw new ApiRequestError(response.status, await messageOf(response));
  return response.body.pipeThrough(new TextDecoderStream());
}

/** Renews the session by its cookie, once for all who ask meanwhile; false when there is none to renew. */
export function refreshSession(): Promise<boolean> {
  refreshing ??= renew().finally(() => {
    refreshing = null;
  });
  return refreshing;
}

async function renew(): Promise<boolean> {
  const response = await send("POST", "/auth/refresh", {});
  if (!response.ok) {
    if (response.status === 401) setAccessToken(null);
    return false;
  }
  setAccessToken(((await response.json()) as SessionTokens).accessToken);
  return true;
}

/** @throws Error for people when there is no answer at all; what was aborted stays an AbortError. */
async function send(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const answer = fetch(`/api/v1${path}`, {
    method,
    credentials: "same-origin",
    headers: {
      ...(accessToken === null ? {} : { authorization: `Bearer ${accessToken}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  return answer.catch((error: unknown) => {
    if (!(error instanceof TypeError)) throw error;
    throw new Error("The server does not answer. It may have been stopped, or the network is down.", { cause: error });
  });
}

async function messageOf(response: Response): Promise<string> {
  try {
    return ((await response.json()) as ApiError).detail;
  } catch {
    return `The server answered ${response.status}.`;
  }
}
