import { type AccountNames, readAccountNames } from "../account-names.ts";
import { type FileStat, type Host, UnreadableError, type WalkedMount } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";
import { SmallestItems } from "../smallest-items.ts";
import { parseGroupLine, parsePasswdLine, readAccountFile } from "./account-files.ts";
import { modeText } from "./mode-bits.ts";

/** What a walk over the file systems looks for. */
export const findings = [
  "world_writable_file",
  "world_writable_directory",
  "unknown_owner",
  "unknown_group",
  "setuid_or_setgid",
] as const;
export type Finding = (typeof findings)[number];

export interface SurveyedFile {
  readonly path: string;
  readonly type: FileStat["type"];
  /** Octal, e.g. "0777". */
  readonly mode: string;
  /** Name, or number where no account has it. */
  readonly owner: string;
  readonly group: string;
}

export interface SurveyedFiles {
  readonly total: number;
  /** Sorted by path, at most 1,000. */
  readonly files: readonly SurveyedFile[];
}

export interface FileSurvey {
  readonly found: Readonly<Record<Finding, SurveyedFiles>>;
  /** The setuid and setgid files of file systems on which they work. */
  readonly programs: SurveyedFiles;
  readonly unreadable: { readonly total: number; readonly paths: readonly string[] };
}

/** How long a fact that needs the survey may take; file systems with ten million files need some minutes. */
export const surveyTimeoutMs = 240_000;

const limit = 1000;
/** Of one account that does not exist. */
const limitPerId = 100;

interface Seen {
  readonly path: string;
  readonly stat: FileStat;
}

/**
 * What stands out among all files and directories of the local file systems, from one walk per host.
 *
 * @throws UnreadableError when the walk takes too long or the accounts cannot be read.
 */
export function surveyFiles(host: Host): Promise<FileSurvey> {
  return derivedOnce(host, "file survey", async () => {
    const accounts = await readAccountNames(host);
    const users = new Set((await readAccountFile(host, "/etc/passwd", parsePasswdLine)).entries.map(({ uid }) => uid));
    const groups = new Set((await readAccountFile(host, "/etc/group", parseGroupLine)).entries.map(({ gid }) => gid));
    const list = (): SmallestItems<Seen> => new SmallestItems(limit, ({ path }) => path);
    const lists = { files: list(), directories: list(), setuid: list(), programs: list() };
    const strangers = { users: new ByUnknownId(), groups: new ByUnknownId() };
    const visit = (path: string, stat: FileStat, mount: WalkedMount | null): void => {
      const { type, mode, uid, gid } = stat;
      if (!users.has(uid)) strangers.users.add(uid, { path, stat });
      if (!groups.has(gid)) strangers.groups.add(gid, { path, stat });
      if (type === "directory") {
        if ((mode & 0o1002) === 0o0002) lists.directories.add({ path, stat });
      } else if (type === "file") {
        if ((mode & 0o0002) !== 0) lists.files.add({ path, stat });
        if ((mode & 0o6000) === 0) return;
        lists.setuid.add({ path, stat });
        if (!mount?.options.some((option) => option === "nosuid" || option === "noexec"))
          lists.programs.add({ path, stat });
      }
    };
    const summary = await host.walk(visit, { skip: isSkipped, timeoutMs: surveyTimeoutMs });
    const shown = (items: SmallestItems<Seen>): SurveyedFiles => ({
      total: items.count,
      files: items.sorted().map((seen) => describeFile(seen, accounts)),
    });
    return {
      found: {
        world_writable_file: shown(lists.files),
        world_writable_directory: shown(lists.directories),
        unknown_owner: shown(await strangers.users.withoutKnown((ids) => knownElsewhere(host, "passwd", ids))),
        unknown_group: shown(await strangers.groups.withoutKnown((ids) => knownElsewhere(host, "group", ids))),
        setuid_or_setgid: shown(lists.setuid),
      },
      programs: shown(lists.programs),
      unreadable: { total: summary.unreadable, paths: summary.unreadablePaths },
    };
  });
}

/** Container images and their layers are not files of this system; /proc and /sys are the kernel's. */
function isSkipped(directory: string): boolean {
  return (
    directory === "/proc" ||
    directory === "/sys" ||
    directory === "/snap" ||
    directory === "/run/user" ||
    /\/(?:containerd|kubelet)$/.test(directory)
  );
}

function describeFile({ path, stat }: Seen, accounts: AccountNames): SurveyedFile {
  return {
    path,
    type: stat.type,
    mode: modeText(stat.mode),
    owner: accounts.user(stat.uid),
    group: accounts.group(stat.gid),
  };
}

/** Files whose number is in no local account file: it may still be one of a directory service. */
class ByUnknownId {
  readonly #byId = new Map<number, SmallestItems<Seen>>();

  add(id: number, seen: Seen): void {
    let items = this.#byId.get(id);
    if (items === undefined) {
      items = new SmallestItems(limitPerId, ({ path }) => path);
      this.#byId.set(id, items);
    }
    items.add(seen);
  }

  async withoutKnown(known: (ids: readonly number[]) => Promise<ReadonlySet<number>>): Promise<SmallestItems<Seen>> {
    const ids = [...this.#byId.keys()].sort((a, b) => a - b);
    const elsewhere = ids.length === 0 ? new Set<number>() : await known(ids);
    const all = new SmallestItems<Seen>(limit, ({ path }) => path);
    for (const [id, items] of this.#byId) {
      if (elsewhere.has(id)) continue;
      for (const item of items.sorted()) all.add(item);
      all.addUnseen(items.count - items.sorted().length);
    }
    return all;
  }
}

/** Those that the running system's name services know, such as LDAP or SSSD. @see getent(1) */
async function knownElsewhere(
  host: Host,
  database: "passwd" | "group",
  ids: readonly number[],
): Promise<ReadonlySet<number>> {
  if (!host.live) return new Set();
  try {
    const { stdout } = await host.run(["getent", database, ...ids.slice(0, 1000).map(String)], { timeoutMs: 30_000 });
    return new Set(stdout.split("\n").map((line) => Number(line.split(":")[2])));
  } catch (error) {
    if (error instanceof UnreadableError && error.code === "no_tool") return new Set();
    throw error;
  }
}
