import { createHash, createPublicKey } from "node:crypto";
import path from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { type EnrolRequest, EnrolResponse } from "@holdfast/contracts/agent-protocol";
import type { Platform } from "@holdfast/contracts/platform";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { agentVersion } from "./agent-version.ts";
import { backoffMs, pause } from "./backoff.ts";
import type { Identity } from "./identity.ts";
import { readStateFile, writeStateFile } from "./state-file.ts";
import { type Answer, exchange, parseAnswer, ServerUnreachable, verifyAnswer } from "./uplink.ts";

const compress = promisify(gzip);
const enrolPath = "/agent/v1/enrol";

/** Who we are to the server, and who it is to us; kept in `agent.json`. */
const Enrolment = Type.Object({
  ...EnrolResponse.properties,
  /** SHA-256 (hex) of the token that was used: a token is used once. */
  tokenSha256: Type.String(),
});
export type Enrolment = Static<typeof Enrolment>;

/** The agent cannot enrol: no token, or the server does not accept it. Trying again does not help. */
export class EnrolmentRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = "EnrolmentRefused";
  }
}

export interface EnrolOptions {
  readonly serverUrl: string;
  readonly stateDir: string;
  readonly token: string | undefined;
  readonly identity: Identity;
  readonly device: { readonly hostname: string; readonly platform: Platform };
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  readonly firstRetryMs?: number;
}

/**
 * The enrolment on disk; else enrols with the token, waiting for a server that is away. A token that is another than the
 * one used enrols anew: somebody gave it on this machine, so they mean another server or organisation.
 *
 * @throws EnrolmentRefused; ServerUnreachable only when the signal aborts.
 */
export async function ensureEnrolled(options: EnrolOptions): Promise<Enrolment> {
  const { stateDir, token, serverUrl, log } = options;
  const file = path.join(stateDir, "agent.json");
  const known = await readStateFile(file, Enrolment);
  const tokenSha256 = createHash("sha256")
    .update(token ?? "")
    .digest("hex");
  if (known !== null && (token === undefined || known.tokenSha256 === tokenSha256)) return known;
  if (token === undefined)
    throw new EnrolmentRefused("This machine is not enrolled, and there is no enrolment token to enrol it with.");
  const enrolment = { ...(await enrol(options, token)), tokenSha256 };
  await writeStateFile(file, enrolment);
  log(`enrolled with ${serverUrl} as device ${enrolment.deviceId}`);
  return enrolment;
}

async function enrol(options: EnrolOptions, token: string): Promise<EnrolResponse> {
  const { identity, device, signal, log, firstRetryMs = 1_000 } = options;
  const request: EnrolRequest = {
    token,
    publicKey: identity.publicKey,
    hostname: device.hostname === "" ? "unnamed" : device.hostname,
    platform: device.platform,
    agentVersion,
  };
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await enrolOnce(options, request);
    } catch (error) {
      if (!(error instanceof ServerUnreachable) || signal.aborted) throw error;
      if (attempt === 0) log(`cannot enrol yet: ${error.message}`);
      await pause(backoffMs(attempt, firstRetryMs, 60_000), signal);
    }
  }
}

async function enrolOnce({ serverUrl, signal }: EnrolOptions, request: EnrolRequest): Promise<EnrolResponse> {
  const body = await compress(JSON.stringify(request));
  const raw = await exchange(serverUrl, "POST", enrolPath, body, {}, signal);
  const answer = parseAnswer(raw);
  if (answer.status >= 300) throw new EnrolmentRefused(`The server refuses to enrol this machine: ${detailOf(answer)}`);
  const response = Value.Parse(EnrolResponse, answer.body);
  // Whoever holds the key it tells us to pin must have signed the answer that says so.
  const key = createPublicKey({ key: Buffer.from(response.serverPublicKey, "base64"), type: "spki", format: "der" });
  verifyAnswer(key, "POST", enrolPath, raw);
  return response;
}

/** What the server says is wrong, shortened: it is going into a log. */
export function detailOf({ status, body }: Answer): string {
  const detail = body !== null && typeof body === "object" && "detail" in body ? body.detail : null;
  return typeof detail === "string" ? detail.replaceAll(/\p{Cc}/gu, " ").slice(0, 300) : `status ${status}`;
}
