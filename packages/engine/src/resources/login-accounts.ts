import { type Host, UnreadableError } from "../host.ts";
import { isLoginShell, type PasswdEntry, parsePasswdLine, readAccountFile, readShells } from "./account-files.ts";

/** A file server's accounts are not in /etc/passwd; a machine with more than this many local ones is none we know. */
const maxAccounts = 1000;

/**
 * The accounts of /etc/passwd that can work at a prompt, in order: those with a login shell, root too. An empty home is
 * "/", as login(1) takes it.
 *
 * @throws UnreadableError
 */
export async function readLoginAccounts(host: Host): Promise<readonly PasswdEntry[]> {
  const shells = await readShells(host);
  const { entries } = await readAccountFile(host, "/etc/passwd", parsePasswdLine);
  const accounts = entries.filter(({ shell }) => isLoginShell(shell, shells));
  if (accounts.length > maxAccounts) {
    throw new UnreadableError("too_large", `more than ${maxAccounts} accounts have a login shell`);
  }
  return accounts.map((entry) => ({
    ...entry,
    home: entry.home.startsWith("/") ? entry.home.replace(/(.)\/+$/, "$1") : "/",
  }));
}
