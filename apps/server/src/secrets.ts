import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { StartupError } from "./errors.ts";

/** The server's own keys. Processes that share an installation share the state directory's `keys`. */
export interface Secrets {
  /** HS256 key of access tokens. */
  readonly sessionKey: Uint8Array;
  /** Ed25519; signs what agents are told. */
  readonly signingKey: KeyObject;
  /** Its public half, SPKI, base64: what agents pin. */
  readonly publicKey: string;
}

/** Reads the keys, making what is missing. Files are 0600. @throws StartupError when they cannot be written. */
export function loadSecrets(stateDir: string): Secrets {
  const directory = path.join(stateDir, "keys");
  try {
    fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
    const sessionKey = Buffer.from(
      readOrCreate(path.join(directory, "session.key"), () => randomBytes(32).toString("base64")),
      "base64",
    );
    const pem = readOrCreate(path.join(directory, "agent-signing.pem"), () =>
      generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    );
    const signingKey = createPrivateKey(pem);
    const publicKey = createPublicKey(signingKey).export({ type: "spki", format: "der" }).toString("base64");
    return { sessionKey, signingKey, publicKey };
  } catch (cause) {
    throw new StartupError(`The keys in ${directory} cannot be read or made: ${(cause as Error).message}`, { cause });
  }
}

function readOrCreate(file: string, create: () => string): string {
  try {
    fs.writeFileSync(file, create(), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return fs.readFileSync(file, "utf8");
}
