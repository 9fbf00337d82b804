import type { ReadFailure } from "@holdfast/contracts/fact";
import type { Platform } from "@holdfast/contracts/platform";

/** What could not be read, and why. Becomes an `error` verdict, never `fail`. */
export class UnreadableError extends Error {
  readonly code: ReadFailure;
  constructor(code: ReadFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UnreadableError";
    this.code = code;
  }
}

export interface CommandResult {
  /** Exit status; killed commands never get here (they throw). */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Default 10,000. The command and its children are killed after it. */
  readonly timeoutMs?: number;
}

export interface FileStat {
  readonly type: "file" | "directory" | "symlink" | "fifo" | "socket" | "character_device" | "block_device";
  /** Permission bits with setuid, setgid and sticky, e.g. 0o1777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes. */
  readonly size: number;
  /** When its contents last changed, in seconds since 1970; left out where it is not known. For comparing, not for states. */
  readonly modifiedAt?: number;
}

/** A mounted file system. @see proc_pid_mountinfo(5) */
export interface WalkedMount {
  /** Where it is mounted, as the machine sees it. */
  readonly point: string;
  /** e.g. "ext4". */
  readonly type: string;
  /** Per-mount options, e.g. "nosuid". */
  readonly options: readonly string[];
}

export interface WalkOptions {
  /** Where to start; default "/". Links in it are followed. */
  readonly under?: string;
  /** Directories that are visited, but not looked into. */
  readonly skip?: (directory: string) => boolean;
  /** Default 240,000. */
  readonly timeoutMs?: number;
}

/** Called for each file and directory; `mount` is null where mounts are not known, as in an image. */
export type WalkVisitor = (path: string, stat: FileStat, mount: WalkedMount | null) => void;

export interface WalkSummary {
  /** How many files and directories were visited. */
  readonly visited: number;
  /** How many directories could not be listed, and files not looked at; what vanished meanwhile does not count. */
  readonly unreadable: number;
  /** At most 20 of these, sorted. */
  readonly unreadablePaths: readonly string[];
}

/**
 * The engine's only door to a machine. Paths are absolute, as the machine sees them; a host for a directory keeps every
 * path and symbolic link inside it. Reads never change anything.
 */
export interface Host {
  /** Whether a kernel, its mounts and services can be observed; false for an image on disk. */
  readonly live: boolean;
  /** Whether it reads as root. */
  readonly privileged: boolean;
  readonly hostname: string;
  /** @throws UnreadableError when os-release(5) is missing or not understood. */
  platform(): Promise<Platform>;
  /**
   * Runs a program with `LC_ALL=C`, no shell, no standard input, a fixed PATH.
   * @throws UnreadableError `no_tool` when it is not installed, `timeout`, `too_large`, or `unsupported` when the host is not live.
   */
  run(command: readonly [string, ...string[]], options?: RunOptions): Promise<CommandResult>;
  /** A regular file's text (UTF-8, bad bytes replaced; at most 8 MiB), symbolic links followed; null when absent. @throws UnreadableError */
  readText(path: string): Promise<string | null>;
  /** Names in a directory, sorted by code unit; null when absent or no directory. @throws UnreadableError */
  list(path: string): Promise<readonly string[] | null>;
  /** The file a path leads to, links followed; null when absent or dangling. @throws UnreadableError */
  stat(path: string): Promise<FileStat | null>;
  /** The path's own entry, links not followed; null when absent. @throws UnreadableError */
  lstat(path: string): Promise<FileStat | null>;
  /** A symbolic link's text; null when the path is absent or no link. @throws UnreadableError */
  readLink(path: string): Promise<string | null>;
  /** The path with every link resolved, as the machine sees it; null when absent or dangling. @throws UnreadableError */
  realPath(path: string): Promise<string | null>;
  /**
   * Visits what is on local file systems, in no certain order, symbolic links left out and not followed. Network, pseudo
   * and FAT file systems, and tmpfs below /run, are not even looked at; what is mounted twice is visited once.
   * @throws UnreadableError `timeout`.
   */
  walk(visit: WalkVisitor, options?: WalkOptions): Promise<WalkSummary>;
}

/** What the executor needs besides reading. Every write is atomic (new file, fsync, rename) or a single system call. */
export interface WritableHost extends Host {
  /** Replaces or creates a file. Parents are not created. */
  writeFile(path: string, text: string, attributes: { mode: number; uid: number; gid: number }): Promise<void>;
  removeFile(path: string): Promise<void>;
  setMode(path: string, mode: number): Promise<void>;
  /** May clear setuid and setgid bits, as chown(2) does. */
  setOwner(path: string, uid: number, gid: number): Promise<void>;
  /** Sets a kernel parameter's running value. @param key as in sysctl(8), e.g. `net.ipv4.ip_forward`; see kernelParameterPath. */
  setKernelParameter(key: string, value: string): Promise<void>;
  /** Loads a kernel module, whatever modprobe.d(5) says against it. */
  loadModule(name: string): Promise<void>;
  /** Takes a kernel module out of the running kernel; refused by the kernel while it is in use. */
  unloadModule(name: string): Promise<void>;
}

/**
 * Where proc_sys(5) has a kernel parameter. As in sysctl.d(5), the first separator decides: "net.ipv4.conf.eth0/1.x" has
 * dots as separators and slashes as dots, "net/ipv4/conf/eth0.1/x" has slashes as separators.
 *
 * @throws RangeError for a key that leads anywhere but below /proc/sys.
 */
export function kernelParameterPath(key: string): string {
  const dotted = key.indexOf("/") === -1 || (key.includes(".") && key.indexOf(".") < key.indexOf("/"));
  const names = dotted ? key.split(".").map((name) => name.replaceAll("/", ".")) : key.split("/");
  if (!names.every((name) => /^[A-Za-z0-9_.:-]+$/.test(name) && name !== "." && name !== ".."))
    throw new RangeError(`not a kernel parameter: ${key.slice(0, 200)}`);
  return `/proc/sys/${names.join("/")}`;
}
