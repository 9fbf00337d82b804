import type { Change, Plan } from "@holdfast/contracts/plan";
import { renderPlan } from "@holdfast/engine/diff";

/** What rolling a plan back does, as lines for people: its changes undone, last first. */
export function renderUndo(plan: Plan): string {
  const render = (change: Change): string => renderPlan({ ...plan, changes: [change] });
  return [...plan.changes]
    .reverse()
    .map((change) => {
      const undone = undoOf(change);
      return undone === null ? `undo ${render(change)}` : render(undone);
    })
    .join("\n");
}

/** The change that leads back; null where no change says it and only the executor knows how. */
function undoOf(change: Change): Change | null {
  switch (change.type) {
    case "write_file": {
      const { path, text, mode, was } = change;
      return was === null
        ? { type: "remove_file", path, was: text }
        : { type: "write_file", path, text: was, mode, was: text };
    }
    case "remove_file":
      return { type: "write_file", path: change.path, text: change.was, mode: 0o644, was: null };
    case "set_mode":
      return { ...change, mode: change.was, was: change.mode };
    case "set_owner": {
      const { path, uid, gid, was } = change;
      return { type: "set_owner", path, ...was, was: { uid, gid } };
    }
    case "set_sysctl":
      return { ...change, value: change.was, was: change.value };
    default:
      return null;
  }
}
