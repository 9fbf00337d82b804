import type { StatusCounts } from "@holdfast/contracts/finding";
import { findingStatuses } from "@holdfast/contracts/verdict";
import { statusLabel } from "./badges.tsx";

const numberTone: Readonly<Record<string, string>> = { pass: "text-good", fail: "text-bad", error: "text-warn" };

/** How many findings have each status. */
export function CountStrip({ counts }: { readonly counts: StatusCounts }) {
  return (
    <dl className="grid grid-cols-3 gap-4 sm:grid-cols-6">
      {findingStatuses.map((status) => (
        <div key={status} className="flex flex-col-reverse justify-end">
          <dt className="text-sm text-muted">{statusLabel[status]}</dt>
          <dd className={`text-2xl font-bold tabular-nums ${numberTone[status] ?? ""}`}>{counts[status]}</dd>
        </div>
      ))}
    </dl>
  );
}
