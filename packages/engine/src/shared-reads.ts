import { type CommandResult, type FileStat, type Host, type RunOptions, UnreadableError } from "./host.ts";

/** A fresh installation has some two million; what is kept and taken apart must fit into memory. */
const maxCharacters = 64 * 1024 * 1024;
/** Texts read at once; more would only wait for each other with their memory taken. */
const maxReaders = 8;

/**
 * The host with every read done once: within a scan all resources share one `sshd -T`, one listing of each directory,
 * one copy of each file. Failures are shared too. Make one per scan; it never forgets, so it refuses what is over 64 million
 * characters in all (UnreadableError `too_large`).
 */
export function sharedReads(host: Host): Host {
  const once = memo();
  const readText = withinBudget((path) => host.readText(path));
  return {
    live: host.live,
    privileged: host.privileged,
    hostname: host.hostname,
    platform: () => once("platform", () => host.platform()),
    run: (command: readonly [string, ...string[]], options?: RunOptions): Promise<CommandResult> =>
      once(`run ${JSON.stringify(command)}`, () => host.run(command, options)),
    readText: (path) => once(`text ${path}`, () => readText(path)),
    list: (path) => once(`list ${path}`, () => host.list(path)),
    stat: (path): Promise<FileStat | null> => once(`stat ${path}`, () => host.stat(path)),
    lstat: (path): Promise<FileStat | null> => once(`lstat ${path}`, () => host.lstat(path)),
    readLink: (path) => once(`link ${path}`, () => host.readLink(path)),
    realPath: (path) => once(`real ${path}`, () => host.realPath(path)),
    // What a walk is for differs; who shares one shares what was made of it, with derivedOnce.
    walk: (visit, options) => host.walk(visit, options),
  };
}

/** A reader with limits on how many texts are read at once, and on all of them together. */
function withinBudget(read: Host["readText"]): Host["readText"] {
  let characters = 0;
  let reading = 0;
  const waiting: (() => void)[] = [];
  return async (path) => {
    if (reading >= maxReaders) await new Promise<void>((resolve) => waiting.push(resolve));
    else reading += 1;
    try {
      if (characters > maxCharacters) throw new UnreadableError("too_large", `too much to read before ${path}`);
      const text = await read(path);
      characters += text?.length ?? 0;
      return text;
    } finally {
      // Whoever waits longest takes the place over.
      const next = waiting.shift();
      if (next === undefined) reading -= 1;
      else next();
    }
  };
}

const derived = new WeakMap<Host, ReturnType<typeof memo>>();

/**
 * A value worked out from a host's reads, e.g. the parsed sysctl.d table, once per host.
 * @param key names the value; the same key always means the same type.
 */
export function derivedOnce<T>(host: Host, key: string, derive: () => Promise<T>): Promise<T> {
  let once = derived.get(host);
  if (once === undefined) {
    once = memo();
    derived.set(host, once);
  }
  return once(key, derive);
}

function memo(): <T>(key: string, read: () => Promise<T>) => Promise<T> {
  const values = new Map<string, Promise<unknown>>();
  return <T>(key: string, read: () => Promise<T>): Promise<T> => {
    let value = values.get(key);
    if (value === undefined) {
      value = read();
      values.set(key, value);
    }
    // A key is only ever used with one type of value (see derivedOnce).
    return value as Promise<T>;
  };
}
