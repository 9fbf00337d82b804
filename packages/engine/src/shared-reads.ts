import type { CommandResult, FileStat, Host, RunOptions } from "./host.ts";

/**
 * The host with every read done once: within a scan all resources share one `sshd -T`, one listing of each directory,
 * one copy of each file. Failures are shared too. Make one per scan; it never forgets.
 */
export function sharedReads(host: Host): Host {
  const once = memo();
  return {
    live: host.live,
    privileged: host.privileged,
    hostname: host.hostname,
    platform: () => once("platform", () => host.platform()),
    run: (command: readonly [string, ...string[]], options?: RunOptions): Promise<CommandResult> =>
      once(`run ${JSON.stringify(command)}`, () => host.run(command, options)),
    readText: (path) => once(`text ${path}`, () => host.readText(path)),
    list: (path) => once(`list ${path}`, () => host.list(path)),
    stat: (path): Promise<FileStat | null> => once(`stat ${path}`, () => host.stat(path)),
    lstat: (path): Promise<FileStat | null> => once(`lstat ${path}`, () => host.lstat(path)),
    readLink: (path) => once(`link ${path}`, () => host.readLink(path)),
    realPath: (path) => once(`real ${path}`, () => host.realPath(path)),
    // What a walk is for differs; who shares one shares what was made of it, with derivedOnce.
    walk: (visit, options) => host.walk(visit, options),
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
