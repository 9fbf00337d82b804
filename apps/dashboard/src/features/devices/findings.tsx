import type { DeviceFindings } from "@holdfast/contracts/own-api";
import { severities } from "@holdfast/contracts/severity";
import { findingStatuses } from "@holdfast/contracts/verdict";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { statusLabel } from "../../components/badges.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { type FindingFilters, filterFindings } from "./finding-filters.ts";
import { FindingItem } from "./finding-item.tsx";

/** The findings of one result, narrowed by the filters in the address. */
export function Findings({ found }: { readonly found: DeviceFindings }) {
  const filters = useSearch({ from: "/shell/devices/$deviceId" });
  const navigate = useNavigate({ from: "/devices/$deviceId" });
  const change = (changed: FindingFilters) =>
    void navigate({ search: (current) => ({ ...current, ...changed }), replace: true, resetScroll: false });
  const shown = filterFindings(found.findings, filters);
  return (
    <section aria-labelledby="findings" className="mt-8">
      <div className="flex flex-wrap items-end justify-between gap-4">
        <h2 id="findings" className="text-lg font-semibold">
          Findings{" "}
          <span className="font-normal text-muted">
            {found.benchmark.title} v{found.benchmark.version}, Level {found.level} – {found.profile}
          </span>
        </h2>
        <p role="status" className="text-muted">
          {shown.length} of {found.findings.length} shown
        </p>
      </div>
      <Filters filters={filters} onChange={change} />
      {shown.length === 0 ? (
        <EmptyState title="No finding matches">Take a filter away to see more.</EmptyState>
      ) : (
        <ul className="card mt-3 divide-y divide-line overflow-hidden">
          {shown.map((finding) => (
            <FindingItem
              key={finding.checkId}
              finding={finding}
              policyId={found.result.policyId}
              open={filters.open === finding.checkId}
              onToggle={(open) => change({ open: open ? finding.checkId : undefined })}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

interface FiltersProps {
  readonly filters: FindingFilters;
  readonly onChange: (changed: FindingFilters) => void;
}

function Filters({ filters, onChange }: FiltersProps) {
  return (
    <search className="mt-3 flex flex-wrap gap-4">
      <label className="flex items-center gap-2">
        Status
        <select
          className="field"
          value={filters.status ?? ""}
          onChange={({ target }) => onChange({ status: findingStatuses.find((status) => status === target.value) })}
        >
          <option value="">All</option>
          {findingStatuses.map((status) => (
            <option key={status} value={status}>
              {statusLabel[status]}
            </option>
          ))}
        </select>
      </label>
      <label className="flex items-center gap-2">
        Severity
        <select
          className="field"
          value={filters.severity ?? ""}
          onChange={({ target }) => onChange({ severity: severities.find((severity) => severity === target.value) })}
        >
          <option value="">All</option>
          {severities.map((severity) => (
            <option key={severity} value={severity}>
              {severity}
            </option>
          ))}
        </select>
      </label>
      <label className="flex flex-1 items-center gap-2">
        Text
        <input
          className="field w-full min-w-40"
          type="search"
          placeholder="Number, title, category, control or value"
          value={filters.text ?? ""}
          onChange={({ target }) => onChange({ text: target.value === "" ? undefined : target.value })}
        />
      </label>
    </search>
  );
}
