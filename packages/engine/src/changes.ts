import { canonicalJson, type Json } from "@holdfast/contracts/json";
import type { Change, FileImage } from "@holdfast/contracts/plan";
import { kernelParameterPath, type WritableHost } from "./host.ts";

/** What is there is not what the plan saw, or is nothing a change may touch. Nothing was changed. */
export class StateChangedError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StateChangedError";
  }
}

/** What stands where a change works: a file's image or null, a mode, an owner, a value, whether a module is loaded. */
export type ChangeState = Json;

/** How one kind of change is made and unmade; the executor knows nothing else about it. */
interface ChangeKind<C extends Change, State extends ChangeState> {
  /** What it changes, for people: a path, a parameter, a module. */
  subject(change: C): string;
  /** What is there now. @throws StateChangedError for what may not be touched, such as a symbolic link; UnreadableError. */
  observe(host: WritableHost, change: C): Promise<State>;
  /** Whether that is what the plan saw. */
  isWas(change: C, now: State): boolean;
  /** What will be there. */
  after(change: C, now: State): State;
  /** Whether what is there is this change's doing, so that undoing it loses nobody else's work. */
  isOurs(change: C, now: State, before: State): boolean;
  /** Puts a state there, before or after; also when it is there already. */
  put(host: WritableHost, change: C, state: State): Promise<void>;
}

type OfType<T extends Change["type"]> = Extract<Change, { type: T }>;
type OwnedMode = { readonly uid: number; readonly gid: number; readonly mode: number };

interface States extends Record<Change["type"], ChangeState> {
  write_file: FileImage | null;
  remove_file: FileImage | null;
  set_mode: number;
  /** With the mode, since chown(2) clears the setuid and setgid bits. */
  set_owner: OwnedMode;
  /** White space folded; null when the kernel has no such parameter. */
  set_sysctl: string | null;
  /** Whether it is loaded. */
  unload_module: boolean;
}

const kinds: { readonly [T in Change["type"]]: ChangeKind<OfType<T>, States[T]> } = {
  write_file: {
    subject: ({ path }) => path,
    observe: (host, { path }) => readImage(host, path),
    isWas: ({ was }, now) => (now?.text ?? null) === was,
    after: ({ text, mode }, now) => ({ text, mode: now?.mode ?? mode, uid: now?.uid ?? 0, gid: now?.gid ?? 0 }),
    isOurs: ({ text }, now) => now?.text === text,
    put: (host, { path }, image) => putImage(host, path, image),
  },

  remove_file: {
    subject: ({ path }) => path,
    observe: (host, { path }) => readImage(host, path),
    isWas: ({ was }, now) => now?.text === was,
    after: () => null,
    isOurs: (_, now) => now === null,
    put: (host, { path }, image) => putImage(host, path, image),
  },

  set_mode: {
    subject: ({ path }) => path,
    observe: async (host, { path }) => (await statTarget(host, path)).mode,
    isWas: ({ was }, now) => now === was,
    after: ({ mode }) => mode,
    isOurs: ({ mode }, now) => now === mode,
    put: (host, { path }, mode) => host.setMode(path, mode),
  },

  set_owner: {
    subject: ({ path }) => path,
    observe: (host, { path }) => statTarget(host, path),
    isWas: ({ was }, now) => sameOwner(now, was),
    after: ({ uid, gid }, { mode }) => ({ uid, gid, mode }),
    // Killed between chown(2) and putting back the setuid bit it cleared, either owner may be there with another mode.
    isOurs: (change, now, before) => sameOwner(now, change) || sameOwner(now, before),
    async put(host, { path }, { uid, gid, mode }) {
      await host.setOwner(path, uid, gid);
      if ((await statTarget(host, path)).mode !== mode) await host.setMode(path, mode);
    },
  },

  set_sysctl: {
    subject: ({ key }) => `${key} (running)`,
    async observe(host, { key }) {
      const text = await host.readText(kernelParameterPath(key));
      return text === null ? null : fold(text);
    },
    isWas: ({ was }, now) => now === fold(was),
    after: ({ value }) => fold(value),
    isOurs: ({ value }, now) => now === fold(value),
    async put(host, { key }, value) {
      if (value === null) throw new StateChangedError(`The kernel has no parameter ${key}.`);
      await host.setKernelParameter(key, value);
    },
  },

  unload_module: {
    subject: ({ name }) => `module ${name}`,
    observe: (host, { name }) => isLoaded(host, name),
    isWas: (_, loaded) => loaded,
    after: () => false,
    isOurs: (_, loaded) => !loaded,
    put: (host, { name }, loaded) => (loaded ? host.loadModule(name) : host.unloadModule(name)),
  },
};

/** What a change changes, for people. */
export function subjectOf(change: Change): string {
  return kindOf(change).subject(change);
}

/** What is there now. @throws StateChangedError when it may not be touched; UnreadableError. */
export function observeChange(host: WritableHost, change: Change): Promise<ChangeState> {
  return kindOf(change).observe(host, change);
}

/** What is there, if it is what the plan saw. @throws StateChangedError when not. */
export async function observeWas(host: WritableHost, change: Change): Promise<ChangeState> {
  const now = await observeChange(host, change);
  if (kindOf(change).isWas(change, now)) return now;
  throw new StateChangedError(`${subjectOf(change)} is not what it was when the change was planned.`);
}

/** Makes a change. @throws StateChangedError when what is there is not what the plan saw; then nothing was touched. */
export async function applyChange(host: WritableHost, change: Change): Promise<void> {
  const now = await observeWas(host, change);
  const kind = kindOf(change);
  const wanted = kind.after(change, now);
  if (sameState(now, wanted)) return;
  await kind.put(host, change, wanted);
}

/** Whether what is there can be undone without losing somebody else's work. */
export async function undoState(
  host: WritableHost,
  change: Change,
  before: ChangeState,
): Promise<"undone" | "ours" | "edited"> {
  const now = await observeChange(host, change);
  if (sameState(now, before)) return "undone";
  return kindOf(change).isOurs(change, now, before) ? "ours" : "edited";
}

/** Puts back what was there, whatever is there now. Doing it twice is as doing it once. */
export async function undoChange(host: WritableHost, change: Change, before: ChangeState): Promise<void> {
  if (sameState(await observeChange(host, change), before)) return;
  await kindOf(change).put(host, change, before);
}

/** The row of a change's type takes exactly that type and its own states, which the compiler cannot follow through a lookup. */
function kindOf(change: Change): ChangeKind<Change, ChangeState> {
  return kinds[change.type] as unknown as ChangeKind<Change, ChangeState>;
}

function sameState(a: ChangeState, b: ChangeState): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

function sameOwner(a: { uid: number; gid: number }, b: { uid: number; gid: number }): boolean {
  return a.uid === b.uid && a.gid === b.gid;
}

/** A regular file's image; null when nothing is there. Refuses what could not be put back byte for byte. */
async function readImage(host: WritableHost, path: string): Promise<FileImage | null> {
  const stat = await host.lstat(path);
  if (stat === null) return null;
  if (stat.type !== "file") throw new StateChangedError(`${path} is a ${stat.type.replace("_", " ")}, not a file.`);
  const text = await host.readText(path);
  if (text === null) return null;
  if (text.includes("\uFFFD") || Buffer.byteLength(text) !== stat.size)
    throw new StateChangedError(`${path} is not UTF-8 text, or is being written: it could not be put back exactly.`);
  return { text, mode: stat.mode, uid: stat.uid, gid: stat.gid };
}

async function putImage(host: WritableHost, path: string, image: FileImage | null): Promise<void> {
  if (image !== null) await host.writeFile(path, image.text, { mode: image.mode, uid: image.uid, gid: image.gid });
  else if ((await host.lstat(path)) !== null) await host.removeFile(path);
}

/** Mode and owner of a file or directory; a link is refused: what it leads to may be another file by the time it is changed. */
async function statTarget(host: WritableHost, path: string): Promise<OwnedMode> {
  const stat = await host.lstat(path);
  if (stat === null) throw new StateChangedError(`${path} is not there any more.`);
  if (stat.type === "symlink") throw new StateChangedError(`${path} is a symbolic link.`);
  return { uid: stat.uid, gid: stat.gid, mode: stat.mode };
}

function fold(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ");
}

/** @see proc_modules(5) in proc(5): one loaded module a line, its name first. */
async function isLoaded(host: WritableHost, name: string): Promise<boolean> {
  const wanted = name.replaceAll("-", "_");
  const modules = (await host.readText("/proc/modules")) ?? "";
  return modules.split("\n").some((line) => line.split(" ", 1)[0] === wanted);
}
