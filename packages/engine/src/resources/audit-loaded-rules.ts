import { isBooted } from "../booted.ts";
import { type Host, UnreadableError } from "../host.ts";

/**
 * The rules the kernel holds, as `auditctl -l` prints them; null when there is nothing to ask, or it does not answer (in
 * a container).
 *
 * @throws UnreadableError when auditctl does not come back.
 */
export async function readLoadedRules(host: Host): Promise<string[] | null> {
  if (!(await isBooted(host))) return null;
  try {
    const { exitCode, stdout } = await host.run(["auditctl", "-l"]);
    if (exitCode !== 0) return null;
    return stdout
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line.startsWith("-"));
  } catch (error) {
    if (error instanceof UnreadableError && error.code === "no_tool") return null;
    throw error;
  }
}
