import { createHash, type KeyObject, sign, verify } from "node:crypto";
import { gzipSync } from "node:zlib";
import { signedText } from "@holdfast/contracts/agent-protocol";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";

export interface SignedOptions {
  readonly gzip?: boolean;
  readonly timeMs?: number;
  /** Replaces the right signature. */
  readonly signature?: string;
  /** Sent in place of the body that was signed. */
  readonly sent?: Buffer;
}

/** The headers of a request the device signs. */
export function signedHeaders(
  device: { readonly deviceId: string; readonly privateKey: KeyObject },
  method: string,
  url: string,
  bytes: Uint8Array,
  timeMs = Date.now(),
): Record<string, string> {
  const text = signedText(method, url, timeMs, createHash("sha256").update(bytes).digest("hex"));
  return {
    "x-holdfast-device": device.deviceId,
    "x-holdfast-time": String(timeMs),
    "x-holdfast-signature": sign(null, Buffer.from(text), device.privateKey).toString("base64"),
  };
}

/** Sends a request as an agent does. */
export async function sendSigned(
  app: FastifyInstance,
  device: { readonly deviceId: string; readonly privateKey: KeyObject },
  method: "GET" | "POST",
  path: string,
  body: unknown = null,
  { gzip = false, timeMs, signature, sent }: SignedOptions = {},
): Promise<LightMyRequestResponse> {
  const url = `/agent/v1${path}`;
  const json = Buffer.isBuffer(body) ? body : Buffer.from(body === null ? "" : JSON.stringify(body));
  const bytes = gzip ? gzipSync(json) : json;
  const headers = signedHeaders(device, method, url, bytes, timeMs);
  return app.inject({
    method,
    url,
    headers: {
      ...headers,
      ...(signature === undefined ? {} : { "x-holdfast-signature": signature }),
      ...(gzip ? { "content-encoding": "gzip" } : {}),
      ...(body === null ? {} : { "content-type": "application/json" }),
    },
    ...(body === null ? {} : { payload: sent ?? bytes }),
  });
}

/** Whether an answer carries the server's signature over its bytes. */
export function isSignedByServer(
  publicKey: KeyObject,
  method: string,
  url: string,
  response: LightMyRequestResponse,
): boolean {
  const timeMs = Number(response.headers["x-holdfast-time"]);
  const text = signedText(method, url, timeMs, createHash("sha256").update(response.rawPayload).digest("hex"));
  const signature = Buffer.from(String(response.headers["x-holdfast-signature"]), "base64");
  return verify(null, Buffer.from(text), publicKey, signature);
}
