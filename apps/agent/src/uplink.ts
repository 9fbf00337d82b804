import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { signedText } from "@holdfast/contracts/agent-protocol";
import { backoffMs, pause } from "./backoff.ts";
import type { Identity } from "./identity.ts";

const compress = promisify(gzip);

/** The server gave no answer, or none that counts. Trying again later may help. */
export class ServerUnreachable extends Error {
  /** Whether it is there and did answer, with a failure of its own. */
  readonly answered: boolean;
  constructor(message: string, options: ErrorOptions & { readonly answered?: boolean } = {}) {
    super(message, options);
    this.name = "ServerUnreachable";
    this.answered = options.answered ?? false;
  }
}

/** Whoever answered does not hold the key the agent pinned; nothing of the answer is used. */
export class UntrustedAnswer extends ServerUnreachable {
  constructor(message: string) {
    super(message);
    this.name = "UntrustedAnswer";
  }
}

/** An answer of the server: 2xx, or a 4xx that another attempt would get too. */
export interface Answer {
  readonly status: number;
  /** Parsed JSON; null when there is none. Not validated yet. */
  readonly body: unknown;
}

/** Requests to one server, each signed by the device, each answer checked against the server's pinned key. */
export interface Uplink {
  /** @throws ServerUnreachable after several attempts. Only for requests that may arrive twice. */
  request(method: "GET" | "POST", pathAndQuery: string, body?: unknown): Promise<Answer>;
  /** The headers that prove who is asking, for a request without a body. */
  signedHeaders(method: string, pathAndQuery: string): Record<string, string>;
}

export interface UplinkOptions {
  readonly serverUrl: string;
  readonly identity: Identity;
  readonly deviceId: string;
  /** SPKI, base64. */
  readonly serverPublicKey: string;
  readonly signal: AbortSignal;
  /** Default 4. */
  readonly attempts?: number;
  /** Wait after the first failed attempt, doubling; default 500. */
  readonly firstRetryMs?: number;
}

const attemptTimeoutMs = 30_000;
const longestRetryMs = 30_000;
const maxClockDifferenceMs = 300_000;
const maxAnswerBytes = 1024 * 1024;

export function openUplink(options: UplinkOptions): Uplink {
  const { identity, deviceId, signal, attempts = 4, firstRetryMs = 500 } = options;
  const pinned = createPublicKey({ key: Buffer.from(options.serverPublicKey, "base64"), type: "spki", format: "der" });

  function headersFor(method: string, pathAndQuery: string, body: Uint8Array): Record<string, string> {
    const time = Date.now();
    return {
      "x-holdfast-device": deviceId,
      "x-holdfast-time": String(time),
      "x-holdfast-signature": identity.sign(signedText(method, pathAndQuery, time, sha256(body))),
    };
  }

  async function attempt(method: string, pathAndQuery: string, body: Buffer | null): Promise<Answer> {
    const headers = headersFor(method, pathAndQuery, body ?? new Uint8Array());
    const exchanged = await exchange(options.serverUrl, method, pathAndQuery, body, headers, signal);
    verifyAnswer(pinned, method, pathAndQuery, exchanged);
    return parseAnswer(exchanged);
  }

  return {
    signedHeaders: (method, pathAndQuery) => headersFor(method, pathAndQuery, new Uint8Array()),
    async request(method, pathAndQuery, content) {
      const body = content === undefined ? null : await compress(JSON.stringify(content));
      for (let number = 0; ; number += 1) {
        try {
          return await attempt(method, pathAndQuery, body);
        } catch (error) {
          const last = number + 1 >= attempts || error instanceof UntrustedAnswer || signal.aborted;
          if (last || !(error instanceof ServerUnreachable)) throw error;
          await pause(backoffMs(number, firstRetryMs, longestRetryMs), signal);
        }
      }
    },
  };
}

/** An answer as it came, before anything in it is believed. */
export interface RawAnswer {
  readonly status: number;
  readonly bytes: Buffer;
  readonly time: string | null;
  readonly signature: string | null;
}

/** Sends one request, body gzipped already. @throws ServerUnreachable, also for 5xx and 429. */
export async function exchange(
  serverUrl: string,
  method: string,
  pathAndQuery: string,
  body: Buffer | null,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<RawAnswer> {
  const target = new URL(pathAndQuery, serverUrl);
  const compressed = body === null ? {} : { "content-type": "application/json", "content-encoding": "gzip" };
  try {
    const response = await fetch(target, {
      method,
      // Signatures cover the bytes on the wire, which fetch does not show once it has unpacked them.
      headers: { ...headers, ...compressed, "accept-encoding": "identity" },
      body: body === null ? null : new Uint8Array(body),
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(attemptTimeoutMs)]),
    });
    const bytes = await readLimited(response);
    const { status } = response;
    if (status >= 500 || status === 429)
      throw new ServerUnreachable(`The server answers ${status}.`, { answered: true });
    const [time, signature] = [response.headers.get("x-holdfast-time"), response.headers.get("x-holdfast-signature")];
    return { status, bytes, time, signature };
  } catch (error) {
    if (error instanceof ServerUnreachable) throw error;
    throw new ServerUnreachable(`${target.origin} cannot be reached: ${reasonOf(error)}`, { cause: error });
  }
}

/** @throws UntrustedAnswer unless the key signed exactly this answer to this request, in the last minutes. */
export function verifyAnswer(key: KeyObject, method: string, pathAndQuery: string, answer: RawAnswer): void {
  const { bytes, time, signature } = answer;
  if (time === null || signature === null || !/^\d{1,16}$/.test(time))
    throw new UntrustedAnswer("The server's answer is not signed; it was not used.");
  const text = signedText(method, pathAndQuery, Number(time), sha256(bytes));
  if (!verify(null, Buffer.from(text, "utf8"), key, Buffer.from(signature, "base64")))
    throw new UntrustedAnswer("The answer is not signed with the server's key; it was not used.");
  if (Math.abs(Date.now() - Number(time)) > maxClockDifferenceMs)
    throw new UntrustedAnswer("The answer is minutes old, or the clocks differ by minutes; it was not used.");
}

export function parseAnswer({ status, bytes }: Pick<RawAnswer, "status" | "bytes">): Answer {
  if (bytes.length === 0) return { status, body: null };
  try {
    return { status, body: JSON.parse(bytes.toString("utf8")) };
  } catch (error) {
    throw new ServerUnreachable("The server's answer is no JSON.", { cause: error });
  }
}

async function readLimited(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxAnswerBytes) throw new ServerUnreachable("The server's answer is over 1 MiB.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** fetch says only "fetch failed"; what failed is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message;
}
