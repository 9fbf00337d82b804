import { type Static, Type } from "typebox";
import { type Host, UnreadableError } from "../host.ts";
import type { Resource } from "../resource.ts";
import { readInstalledPackages } from "./installed-packages.ts";
import { namedList } from "./named-list.ts";

/*
 * package_updates: { pending_max: 0 }
 *
 * No more than so many packages have a newer version in the lists that the machine has fetched; no network is used. How
 * old those lists are is not judged.
 *
 * State: { manager: "apt" | "dnf", count, pending: [first 100 names, sorted] }
 */
const Target = Type.Object({}, { additionalProperties: false });
const Desired = Type.Object({ pending_max: Type.Integer({ minimum: 0 }) }, { additionalProperties: false });

interface PackageUpdatesState {
  readonly manager: "apt" | "dnf";
  readonly count: number;
  readonly pending: readonly string[];
}

const maxNames = 100;

/** Updates that wait to be installed. @see apt-get(8), dnf(8) */
export const packageUpdates: Resource<Static<typeof Target>, PackageUpdatesState, Static<typeof Desired>> = {
  kind: "package_updates",
  target: Target,
  desired: Desired,
  readTimeoutMs: 130_000,
  address: () => "package_updates:pending",
  async read(host) {
    const manager = (await readInstalledPackages(host)).manager === "dpkg" ? "apt" : "dnf";
    const names = manager === "apt" ? await readAptUpdates(host) : await readDnfUpdates(host);
    const sorted = [...new Set(names)].sort();
    return { manager, count: sorted.length, pending: sorted.slice(0, maxNames) };
  },
  judge({ manager, count, pending }, { pending_max: max }) {
    return {
      verdict: count <= max ? "pass" : "fail",
      expected: max === 0 ? "no updates are pending" : `at most ${max} updates are pending`,
      actual: count === 0 ? "none, by the lists fetched last" : `${count} pending: ${namedList(pending)}`,
      source: manager === "apt" ? "apt-get --simulate upgrade" : "dnf --cacheonly check-update",
    };
  },
};

/** Held packages are not listed. `Inst name [old] (new release …)`. */
async function readAptUpdates(host: Host): Promise<string[]> {
  const lists = (await host.list("/var/lib/apt/lists")) ?? [];
  if (!lists.some((name) => /_Packages(?:\.\w+)?$/.test(name)))
    throw new UnreadableError("unreadable", "apt has fetched no package lists: run apt update");
  const command = [
    "apt-get",
    "--simulate",
    "-o",
    "Debug::NoLocking=true",
    "-o",
    "APT::Cmd::Disable-Script-Warning=true",
  ] as const;
  const { exitCode, stdout, stderr } = await host.run([...command, "--with-new-pkgs", "upgrade"], {
    timeoutMs: 120_000,
  });
  if (exitCode !== 0) throw new UnreadableError("unreadable", `apt-get failed: ${stderr.trim().slice(0, 200)}`);
  return stdout.split("\n").flatMap((line) => /^Inst (\S+) /.exec(line)?.[1] ?? []);
}

/** Exit status 100: there are updates, one per line as `name.arch version repository`, until those that replace others. */
async function readDnfUpdates(host: Host): Promise<string[]> {
  const command = ["dnf", "--cacheonly", "--quiet", "--color=never", "check-update"] as const;
  const { exitCode, stdout, stderr } = await host.run(command, { timeoutMs: 120_000 });
  if (exitCode === 0) return [];
  if (exitCode !== 100)
    throw new UnreadableError("unreadable", `dnf check-update failed: ${stderr.trim().slice(0, 200)}`);
  const [updates = ""] = stdout.split(/^Obsoleting Packages/m);
  return updates.split("\n").flatMap((line) => /^(\S+)\.\w+\s+\S+\s+\S+\s*$/.exec(line)?.[1] ?? []);
}
