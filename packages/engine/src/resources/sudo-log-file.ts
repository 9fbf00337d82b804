import type { Host } from "../host.ts";
import { parseDefaults } from "./sudoers-defaults.ts";
import { readSudoers } from "./sudoers-files.ts";

/**
 * Where sudo writes its own log: the last `Defaults logfile=` that holds for everyone; null when none is set or it is
 * switched off. @see sudoers(5)
 *
 * @throws UnreadableError
 */
export async function readSudoLogFile(host: Host): Promise<string | null> {
  const settings = (await readSudoers(host)).flatMap(parseDefaults);
  const last = settings.findLast(({ option, scope }) => option === "logfile" && scope === null);
  return last?.value || null;
}
