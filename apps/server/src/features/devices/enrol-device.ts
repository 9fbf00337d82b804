import { createPublicKey, randomUUID } from "node:crypto";
import type { EnrolRequest } from "@holdfast/contracts/agent-protocol";
import { audit } from "../../audit.ts";
import { asSystem, enter, type Services, type Tx } from "../../context.ts";
import { Forbidden, Invalid } from "../../errors.ts";
import { tokenHash } from "../../tokens.ts";
import { selectScheduledPolicies } from "../policies/queries.ts";
import { openScans } from "../scans/start-scan.ts";
import { insertDevice, spendEnrolmentToken } from "./queries.ts";

/**
 * Makes the sender a device of the token's organisation, with a first scan by each scheduled policy waiting for it.
 *
 * @throws Forbidden when the token does not admit it; Invalid when the key is no Ed25519 public key.
 */
export async function enrolDevice(
  services: Services,
  request: EnrolRequest,
  now = new Date(),
  requestId: string = randomUUID(),
): Promise<{ readonly deviceId: string; readonly orgId: string }> {
  const publicKey = parsePublicKey(request.publicKey);
  const deviceId = randomUUID();
  return asSystem(services, async (db) => {
    const orgId = await spendEnrolmentToken(db, tokenHash(request.token), now);
    if (orgId === null) throw new Forbidden("The enrolment token is not valid, used up or has ended; make a new one.");
    const actor = { type: "agent", id: deviceId, label: request.hostname, permissions: new Set<never>() } as const;
    await admit(await enter({ services, orgId, now, actor, requestId }, db), deviceId, request, publicKey);
    return { deviceId, orgId };
  });
}

async function admit(tx: Tx, deviceId: string, request: EnrolRequest, publicKey: Buffer): Promise<void> {
  const { hostname, platform, agentVersion } = request;
  await insertDevice(tx, { id: deviceId, hostname, platform, agentVersion, publicKey });
  for (const policy of await selectScheduledPolicies(tx, platform.osType)) await openScans(tx, policy.id, [deviceId]);
  await audit(tx, {
    action: "device.enrol",
    subject: { type: "device", id: deviceId },
    detail: { hostname, platform: platform.name },
  });
}

function parsePublicKey(base64: string): Buffer {
  const der = Buffer.from(base64, "base64");
  try {
    const key = createPublicKey({ key: der, format: "der", type: "spki" });
    if (key.asymmetricKeyType === "ed25519") return der;
  } catch {
    // Refused below, whatever it was.
  }
  throw new Invalid("The public key is not an Ed25519 key in SPKI, base64.");
}
