import { posix } from "node:path";
import type { WalkedMount } from "../host.ts";

/** A line of proc_pid_mountinfo(5). */
interface MountEntry extends WalkedMount {
  readonly id: string;
  readonly parent: string;
  /** "major:minor". */
  readonly device: string;
  /** The directory of the file system that is mounted; "/" unless a part of it is, as by a bind mount. */
  readonly root: string;
  readonly source: string;
}

/** Where a walk starts, and where it turns back. */
export interface WalkPlan {
  readonly starts: readonly { readonly path: string; readonly mount: WalkedMount | null }[];
  /** Every mount point; null when the mounts are not known. */
  readonly mountPoints: ReadonlySet<string> | null;
}

/**
 * The file systems to walk: the one that `under` is on, and the local ones mounted below it. Nothing on disk is touched
 * to decide it, since touching a network file system whose server is gone would hang.
 *
 * @param mountinfo the text of /proc/self/mountinfo; null when there is none.
 * @param root the machine's root as the mounts' paths have it, without a trailing slash: "" or a directory. What is
 *   mounted there is walked whatever it is.
 * @param under below `root`, in the same terms.
 */
export function planWalk(mountinfo: string | null, root: string, under: string): WalkPlan {
  if (mountinfo === null) return { starts: [{ path: under, mount: null }], mountPoints: null };
  const visible = visibleMounts(parseMounts(mountinfo));
  const covering = visible.findLast(({ point }) => isAtOrBelow(under, point)) ?? null;
  const isRootsOwn = covering === null || isAtOrBelow(root || "/", covering.point);
  const isWalked = isRootsOwn || isLocal(covering, root);
  const starts: Start[] = isWalked ? [startAt(under, covering)] : [];
  for (const mount of visible) {
    if (mount === covering || !isAtOrBelow(mount.point, under) || !isLocal(mount, root)) continue;
    const isShownElsewhere = starts.some(
      ({ device, shows }) => device === mount.device && isAtOrBelow(mount.root, shows),
    );
    if (!isShownElsewhere) starts.push(startAt(mount.point, mount));
  }
  return { starts, mountPoints: new Set(visible.map(({ point }) => point)) };
}

interface Start {
  readonly path: string;
  readonly mount: WalkedMount | null;
  readonly device: string | null;
  /** The directory of the file system that is at `path`. */
  readonly shows: string;
}

function startAt(path: string, mount: MountEntry | null): Start {
  if (mount === null) return { path, mount, device: null, shows: "/" };
  const { point, type, options, device, root } = mount;
  const rest = path.slice(point === "/" ? 0 : point.length);
  return { path, mount: { point, type, options }, device, shows: posix.join(root, rest) };
}

function parseMounts(text: string): MountEntry[] {
  return text.split("\n").flatMap((line) => {
    const [before = "", after = ""] = line.split(" - ", 2);
    const [id, parent, device, root, point, options] = before.split(" ").map(unescapeOctal);
    const [type = "", source = ""] = after.split(" ").map(unescapeOctal);
    if (id === undefined || parent === undefined || device === undefined || root === undefined) return [];
    if (point === undefined || options === undefined) return [];
    return [{ id, parent, device, root, point, options: options.split(","), type, source }];
  });
}

function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/** Those a path can lead to, parents first: a mount hides what was mounted at or below its place before. */
function visibleMounts(mounts: readonly MountEntry[]): MountEntry[] {
  const ids = new Set(mounts.map(({ id }) => id));
  const children = new Map<string, MountEntry[]>();
  for (const mount of mounts) {
    const parent = ids.has(mount.parent) && mount.parent !== mount.id ? mount.parent : "";
    children.set(parent, [...(children.get(parent) ?? []), mount]);
  }
  const visible: MountEntry[] = [];
  const enter = (mount: MountEntry): void => {
    const below = children.get(mount.id) ?? [];
    const onTop = below.find(({ point }) => point === mount.point);
    if (onTop !== undefined) {
      enter(onTop);
      return;
    }
    visible.push(mount);
    enterAll(below);
  };
  const enterAll = (siblings: readonly MountEntry[]): void => {
    for (const mount of siblings) {
      const isHidden = siblings.some(({ point }) => point !== mount.point && isAtOrBelow(mount.point, point));
      if (!isHidden) enter(mount);
    }
  };
  enterAll(children.get("") ?? []);
  return visible.sort((a, b) => a.point.length - b.point.length);
}

/** Types with owners and modes whose data is here; an unknown type is local when it is on a block device. */
const localTypes = new Set(
  "bcachefs btrfs erofs ext2 ext3 ext4 f2fs jfs nilfs2 ramfs reiserfs rootfs squashfs tmpfs ubifs xfs zfs".split(" "),
);
/** They have no owners and modes, or show what other mounts show. */
const neverWalked = new Set("devtmpfs exfat fuseblk iso9660 msdos ntfs ntfs3 overlay udf vfat".split(" "));

function isLocal({ type, source, point }: MountEntry, root: string): boolean {
  if ((type === "tmpfs" || type === "ramfs") && isAtOrBelow(point, `${root}/run`)) return false;
  return localTypes.has(type) || (source.startsWith("/dev/") && !neverWalked.has(type) && !type.startsWith("fuse"));
}

function isAtOrBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);
}
