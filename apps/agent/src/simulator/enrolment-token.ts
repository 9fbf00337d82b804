import { EnrolmentRefused } from "../enrol.ts";

export interface TokenOptions {
  readonly serverUrl: string;
  /** An API token with `orgs:write`, or an enrolment token good for as many devices as enrol. */
  readonly token: string;
  /** Organisation the devices join, for an API token of several; left out: the token's own. */
  readonly orgId?: string | undefined;
  readonly uses: number;
  readonly signal: AbortSignal;
}

const validMs = 3_600_000;

/**
 * A token to enrol devices with: the given one, or one made with it.
 *
 * @throws EnrolmentRefused with a sentence for the user.
 */
export async function enrolmentTokenFor({ serverUrl, token, orgId, uses, signal }: TokenOptions): Promise<string> {
  if (!isApiToken(token)) return token;
  const response = await fetch(new URL("/api/v1/enrolment-tokens", serverUrl), {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({
      uses,
      expiresAt: new Date(Date.now() + validMs).toISOString(),
      ...(orgId === undefined ? {} : { orgId }),
    }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
  }).catch((error: unknown) => {
    throw new EnrolmentRefused(`${serverUrl} cannot be reached: ${reasonOf(error)}`);
  });
  const body: unknown = await response.json().catch(() => null);
  const made = memberOf(body, "token");
  if (response.ok && made !== null) return made;
  const reason = memberOf(body, "detail") ?? `status ${response.status}`;
  throw new EnrolmentRefused(`The server makes no enrolment token: ${reason.slice(0, 300)}`);
}

/** Enrolment tokens begin with "hfe_". */
function isApiToken(token: string): boolean {
  return token.startsWith("hf_");
}

function memberOf(body: unknown, key: string): string | null {
  const value: unknown = typeof body === "object" && body !== null ? Reflect.get(body, key) : null;
  return typeof value === "string" ? value : null;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message;
}
