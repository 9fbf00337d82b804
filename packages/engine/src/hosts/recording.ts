import { type CommandResult, type FileStat, kernelParameterPath, UnreadableError, type WritableHost } from "../host.ts";
import { planWalk } from "./mount-table.ts";
import { readPlatform } from "./os-release.ts";
import { type PathEntry, walkPath } from "./path-walk.ts";
import { walkNodes } from "./recorded-walk.ts";
import { WriteRefusedError } from "./write-refused.ts";

/** One file of a recorded machine; a plain string is a regular file of root's with mode 0644. */
export type RecordedFile =
  | string
  | {
      readonly text?: string;
      readonly type?: FileStat["type"];
      readonly mode?: number;
      readonly uid?: number;
      readonly gid?: number;
      /** Makes it a symbolic link with this text. */
      readonly linkTo?: string;
      readonly modifiedAt?: number;
    };

export interface RecordedResult {
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

export interface Recording {
  /** By absolute path; parents are implied. */
  readonly files?: Readonly<Record<string, RecordedFile>>;
  readonly directories?: readonly string[];
  /**
   * What a command gives, by its arguments joined by one space; one not listed is not installed. A function is called
   * at each run and may change the machine.
   */
  readonly commands?: Readonly<
    Record<string, RecordedResult | UnreadableError | ((machine: RecordedMachine) => RecordedResult)>
  >;
  /** Default true. */
  readonly live?: boolean;
  /** Default true. Only reported: what root alone may read goes into `unreadable`. */
  readonly privileged?: boolean;
  readonly hostname?: string;
  /** The text of /etc/os-release; default Debian 12. */
  readonly osRelease?: string;
  /** Files whose text, and directories whose names and everything below, cannot be read. */
  readonly unreadable?: Readonly<Record<string, UnreadableError>>;
}

export interface RecordedNode {
  readonly type: FileStat["type"];
  /** A regular file's text, a link's target; else empty. */
  readonly text: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modifiedAt?: number;
}

/** A machine in memory. */
export interface RecordedMachine extends WritableHost {
  /** What there is now, by path, directories too; changes as the machine is written to. */
  readonly nodes: ReadonlyMap<string, RecordedNode>;
  /** Every command that was run, arguments joined by one space, in order. */
  readonly ran: readonly string[];
  /** Puts a file there, parents implied, whatever stood there before. */
  put(path: string, file: RecordedFile): void;
}

const debian12 = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
ID=debian
`;

/**
 * A machine made of data: what tests and replays read and change.
 *
 * @example const host = recordingHost({ files: { "/proc/sys/net/ipv4/ip_forward": "1\n" } });
 */
export function recordingHost(recording: Recording = {}): RecordedMachine {
  const { live = true, privileged = true, hostname = "recorded", unreadable = {} } = recording;
  const nodes = new Map<string, RecordedNode>();
  const ran: string[] = [];
  putDirectory(nodes, "/");
  for (const path of recording.directories ?? []) putDirectory(nodes, path);
  put(nodes, "/etc/os-release", recording.osRelease ?? debian12);
  for (const [path, file] of Object.entries(recording.files ?? {})) put(nodes, path, file);

  const entryAt = async (path: string): Promise<PathEntry | null> => {
    refuseBelow(path);
    const node = nodes.get(path);
    if (node === undefined) return null;
    return node.type === "symlink" ? { link: node.text } : { directory: node.type === "directory" };
  };
  /** @throws UnreadableError when a directory above the path is unreadable. */
  function refuseBelow(path: string): void {
    for (let parent = parentOf(path); parent !== "/"; parent = parentOf(parent)) {
      const error = unreadable[parent];
      if (error !== undefined) throw error;
    }
  }
  async function find(path: string, last: "follow" | "keep"): Promise<[path: string, node: RecordedNode] | null> {
    const real = await walkPath(path, entryAt, last);
    const node = real === null ? undefined : nodes.get(real);
    return real === null || node === undefined ? null : [real, node];
  }
  async function findReadable(path: string): Promise<[path: string, node: RecordedNode] | null> {
    const given = unreadable[path];
    if (given !== undefined) throw given;
    const found = await find(path, "follow");
    const error = found === null ? undefined : unreadable[found[0]];
    if (error !== undefined) throw error;
    return found;
  }
  async function findForWriting(path: string): Promise<[path: string, node: RecordedNode | null]> {
    const parent = await find(parentOf(path), "follow");
    if (parent?.[1].type !== "directory") throw new WriteRefusedError(`no such directory: ${parentOf(path)}`);
    const real = `${parent[0] === "/" ? "" : parent[0]}/${path.slice(path.lastIndexOf("/") + 1)}`;
    const node = nodes.get(real) ?? null;
    if (node?.type === "symlink") throw new WriteRefusedError(`a symbolic link, not written through: ${path}`);
    return [real, node];
  }
  function refuseUnlessLive(): void {
    if (!live) throw new WriteRefusedError("the machine is not running");
  }
  async function changeNode(path: string, change: Partial<RecordedNode>): Promise<void> {
    const [real, node] = await findForWriting(path);
    if (node === null) throw new WriteRefusedError(`no such file: ${path}`);
    nodes.set(real, { ...node, ...change });
  }

  const machine: RecordedMachine = {
    live,
    privileged,
    hostname,
    nodes,
    ran,
    put: (path, file) => put(nodes, path, file),
    platform: () => readPlatform(machine),
    async run(command): Promise<CommandResult> {
      const line = command.join(" ");
      if (!live) throw new UnreadableError("unsupported", `cannot run ${command[0]}: the machine is not running`);
      ran.push(line);
      const commands = recording.commands ?? {};
      const known = Object.hasOwn(commands, line) ? commands[line] : undefined;
      if (known === undefined) throw new UnreadableError("no_tool", `${command[0]} is not installed`);
      if (known instanceof UnreadableError) throw known;
      const { exitCode = 0, stdout = "", stderr = "" } = typeof known === "function" ? known(machine) : known;
      return { exitCode, stdout, stderr };
    },
    async readText(path) {
      const found = await findReadable(path);
      if (found === null) return null;
      if (found[1].type !== "file") throw new UnreadableError("unreadable", `not a regular file: ${path}`);
      return found[1].text;
    },
    async list(path) {
      const found = await findReadable(path);
      if (found?.[1].type !== "directory") return null;
      const prefix = found[0] === "/" ? "/" : `${found[0]}/`;
      return [...nodes.keys()]
        .filter((name) => name.length > prefix.length && name.startsWith(prefix))
        .map((name) => name.slice(prefix.length))
        .filter((name) => !name.includes("/"))
        .sort();
    },
    stat: async (path) => statOf((await find(path, "follow"))?.[1]),
    lstat: async (path) => statOf((await find(path, "keep"))?.[1]),
    async readLink(path) {
      const found = await find(path, "keep");
      return found?.[1].type === "symlink" ? found[1].text : null;
    },
    realPath: (path) => walkPath(path, entryAt),
    async walk(visit, { under = "/", skip = () => false } = {}) {
      const real = await walkPath(under, entryAt);
      const plan = planWalk(nodes.get("/proc/self/mountinfo")?.text ?? null, "", real ?? under);
      return walkNodes(nodes, plan, { visit, skip, unreadable: new Set(Object.keys(unreadable)) });
    },
    async writeFile(path, text, { mode, uid, gid }) {
      const [real, node] = await findForWriting(path);
      if (node !== null && node.type !== "file") throw new WriteRefusedError(`not a regular file: ${path}`);
      nodes.set(real, { type: "file", text, mode, uid, gid });
    },
    async removeFile(path) {
      const [real, node] = await findForWriting(path);
      if (node?.type === "directory") throw new WriteRefusedError(`a directory: ${path}`);
      nodes.delete(real);
    },
    setMode: (path, mode) => changeNode(path, { mode }),
    setOwner: (path, uid, gid) => changeNode(path, { uid, gid }),
    async setKernelParameter(key, value) {
      refuseUnlessLive();
      const path = kernelParameterPath(key);
      const node = nodes.get(path);
      if (node === undefined) throw new WriteRefusedError(`the kernel has no parameter ${key}`);
      nodes.set(path, { ...node, text: `${value}\n` });
    },
    async loadModule(name) {
      refuseUnlessLive();
      const text = nodes.get("/proc/modules")?.text ?? "";
      put(nodes, "/proc/modules", `${withoutModule(text, name)}${name.replaceAll("-", "_")} 16384 0 - Live 0x0\n`);
    },
    async unloadModule(name) {
      refuseUnlessLive();
      put(nodes, "/proc/modules", withoutModule(nodes.get("/proc/modules")?.text ?? "", name));
    },
  };
  return machine;
}

function put(nodes: Map<string, RecordedNode>, path: string, file: RecordedFile): void {
  const given = typeof file === "string" ? { text: file } : file;
  const type = given.linkTo === undefined ? (given.type ?? "file") : "symlink";
  const { uid = 0, gid = 0, mode = type === "symlink" ? 0o777 : type === "directory" ? 0o755 : 0o644 } = given;
  putDirectory(nodes, parentOf(path));
  const { modifiedAt } = given;
  const text = given.linkTo ?? given.text ?? "";
  nodes.set(path, { type, text, mode, uid, gid, ...(modifiedAt === undefined ? {} : { modifiedAt }) });
}

/** The directory and those above it, where they are not there yet. */
function putDirectory(nodes: Map<string, RecordedNode>, path: string): void {
  if (nodes.has(path)) return;
  nodes.set(path, { type: "directory", text: "", mode: 0o755, uid: 0, gid: 0 });
  if (path !== "/") putDirectory(nodes, parentOf(path));
}

/** The text of /proc/modules without one module's line; "-" and "_" are the same in a module's name. */
function withoutModule(text: string, name: string): string {
  const wanted = name.replaceAll("-", "_");
  const kept = text.split("\n").filter((line) => line !== "" && line.split(" ")[0]?.replaceAll("-", "_") !== wanted);
  return kept.map((line) => `${line}\n`).join("");
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

function statOf(node: RecordedNode | undefined): FileStat | null {
  if (node === undefined) return null;
  const { type, mode, uid, gid, text, modifiedAt } = node;
  return { type, mode, uid, gid, size: Buffer.byteLength(text), ...(modifiedAt === undefined ? {} : { modifiedAt }) };
}
