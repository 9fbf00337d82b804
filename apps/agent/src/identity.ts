import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import path from "node:path";
import { readIfThere, writeFileAtomically } from "./atomic-file.ts";

/** The device's own Ed25519 key pair. The private half never leaves the state directory. */
export interface Identity {
  /** SPKI, base64. */
  readonly publicKey: string;
  /** The signature over a text, base64. */
  sign(text: string): string;
}

/** The device's key pair; made the first time, and on disk before it is used. @throws Error when the key file is damaged. */
export async function loadIdentity(stateDir: string): Promise<Identity> {
  const file = path.join(stateDir, "identity.pem");
  const pem = await readIfThere(file);
  if (pem !== null) return identityOf(parseKey(pem, file));
  const { privateKey } = generateKeyPairSync("ed25519");
  await writeFileAtomically(file, privateKey.export({ type: "pkcs8", format: "pem" }));
  return identityOf(privateKey);
}

function parseKey(pem: Buffer, file: string): KeyObject {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== "ed25519") throw new Error(`${file} holds no Ed25519 key.`);
  return key;
}

function identityOf(privateKey: KeyObject): Identity {
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "der" }).toString("base64");
  return { publicKey, sign: (text) => sign(null, Buffer.from(text, "utf8"), privateKey).toString("base64") };
}
