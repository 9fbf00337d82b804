import type { WalkSummary } from "../host.ts";
import type { WalkPlan } from "./mount-table.ts";
import type { RecordedNode } from "./recording.ts";
import { Unreadable } from "./unreadable-paths.ts";
import type { TreeVisitor } from "./walk-tree.ts";

/** As walkTree, over recorded nodes. @param unreadable directories whose entries are not shown. */
export function walkNodes(
  nodes: ReadonlyMap<string, RecordedNode>,
  { starts, mountPoints }: WalkPlan,
  { visit, skip, unreadable: shut }: TreeVisitor & { readonly unreadable: ReadonlySet<string> },
): WalkSummary {
  const children = new Map<string, string[]>();
  for (const path of [...nodes.keys()].sort()) {
    const parent = path.slice(0, path.lastIndexOf("/")) || "/";
    if (path !== "/") children.set(parent, [...(children.get(parent) ?? []), path]);
  }
  const unreadable = new Unreadable();
  let visited = 0;
  for (const { path: start, mount } of starts) {
    const enter = (path: string): void => {
      const node = nodes.get(path);
      if (node === undefined || node.type === "symlink") return;
      const { type, mode, uid, gid, text } = node;
      visited += 1;
      visit(path, { type, mode, uid, gid, size: Buffer.byteLength(text) }, mount);
      if (type !== "directory" || skip(path)) return;
      if (shut.has(path)) unreadable.add(path);
      else for (const child of children.get(path) ?? []) if (mountPoints?.has(child) !== true) enter(child);
    };
    enter(start);
  }
  return { visited, unreadable: unreadable.count, unreadablePaths: unreadable.paths };
}
