import { promisify } from "node:util";
import { gunzip, gunzipSync } from "node:zlib";
import type { FastifyRequest } from "fastify";
import type { Static, TSchema } from "typebox";
import type { Validator } from "typebox/compile";
import { DomainError, Invalid } from "../../errors.ts";
import { parse } from "../../http/validation.ts";

/** Bytes, both on the wire and unpacked. */
export const maxBodyBytes = 20 * 1024 * 1024;

/** Unpacked at once up to this size: handing a small body to another thread takes longer. */
const smallBytes = 65_536;

const unpack = promisify(gunzip);

/** The body as it came; empty when there was none. The instance's parser hands bodies on as they are. */
export function bytesOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

/** The body, unpacked, parsed and checked. @throws Invalid, or `too_large` */
export async function readBody<Schema extends TSchema>(
  request: FastifyRequest,
  validator: Validator<Record<never, never>, Schema>,
): Promise<Static<Schema>> {
  const value: unknown = parseJson((await unpacked(request)).toString("utf8"));
  parse<Schema>(validator, value);
  return value;
}

async function unpacked(request: FastifyRequest): Promise<Buffer> {
  const bytes = bytesOf(request);
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding === "identity") return bytes;
  if (encoding !== "gzip") throw new Invalid(`The content encoding "${encoding}" is not supported; use gzip.`);
  try {
    return unpackSmall(bytes) ?? (await unpack(bytes, { maxOutputLength: maxBodyBytes }));
  } catch (cause) {
    if (isTooLarge(cause)) {
      throw new DomainError("too_large", `The body is larger than ${maxBodyBytes} bytes when unpacked.`, { cause });
    }
    throw new Invalid("The body is not valid gzip.");
  }
}

/** Null when it is larger than a small one. @throws for what is no gzip. */
function unpackSmall(bytes: Buffer): Buffer | null {
  if (bytes.length > smallBytes) return null;
  try {
    return gunzipSync(bytes, { maxOutputLength: smallBytes });
  } catch (error) {
    if (isTooLarge(error)) return null;
    throw error;
  }
}

function isTooLarge(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Invalid("The body is not valid JSON.");
  }
}
