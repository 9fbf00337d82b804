import { type CommandResult, type Host, UnreadableError } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";

/**
 * What `sshd -T` prints: the effective value of each keyword by its lower-case name, the lines of a repeated one joined
 * by a space. Null when the daemon has never been started here, as in a chroot or on a fresh machine, so that it refuses
 * to run for reasons that have nothing to do with its settings. @see sshd(8), "-T"
 * @throws UnreadableError `needs_root`, `no_tool`, or `invalid` when sshd rejects its configuration.
 */
export function readSshdTestMode(host: Host): Promise<ReadonlyMap<string, string> | null> {
  return derivedOnce(host, "sshd -T", async () => {
    const result = await host.run(["sshd", "-T"]);
    if (result.exitCode === 0) return parseTestMode(result.stdout);
    if (!host.privileged && /permission denied|no hostkeys available/i.test(result.stderr))
      throw new UnreadableError("needs_root", "needs root: sshd -T cannot read its host keys or configuration");
    if (/missing privilege separation directory|no hostkeys available/i.test(result.stderr)) return null;
    throw new UnreadableError("invalid", `sshd does not accept its configuration: ${reasonOf(result)}`);
  });
}

export function parseTestMode(stdout: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of stdout.split("\n")) {
    const [, key = "", value = ""] = /^([a-z0-9]+) ?(.*)$/.exec(line.trimEnd()) ?? [];
    if (key === "") continue;
    const before = values.get(key);
    values.set(key, before === undefined ? value : `${before} ${value}`);
  }
  return values;
}

/** The first thing it says that is no mere warning. */
function reasonOf({ stderr, exitCode }: CommandResult): string {
  const lines = stderr
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const first = lines.find((line) => !/deprecated option|unsupported option [^"]|could not load host key/i.test(line));
  return (first ?? lines[0] ?? `it ends with ${exitCode}`).slice(0, 300);
}
