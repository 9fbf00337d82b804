import { type ListedRemediation, remediationStatuses } from "@holdfast/contracts/wire";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { EmptyState } from "../../components/empty-state.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { Pages } from "../../components/pages.tsx";
import { QueryState } from "../../components/query-state.tsx";
import { RemediationItem } from "./remediation-item.tsx";
import { getRemediations } from "./remediation-queries.ts";
import { statusName } from "./status-name.ts";

export function RemediationsPage() {
  const [status, setStatus] = useState("");
  const [page, setPage] = useState(0);
  const remediations = useQuery(getRemediations(status, page));
  return (
    <>
      <PageHeader title="Remediations">
        <label className="flex items-center gap-2">
          Status
          <select
            className="field"
            value={status}
            onChange={({ target }) => {
              setStatus(target.value);
              setPage(0);
            }}
          >
            <option value="">All</option>
            {remediationStatuses.map((value) => (
              <option key={value} value={value}>
                {statusName[value]}
              </option>
            ))}
          </select>
        </label>
      </PageHeader>
      <QueryState query={remediations} what="remediations">
        {({ data, pagination }) => (
          <>
            <RemediationList items={data} filtered={status !== ""} />
            <Pages page={page} total={pagination.total} onPage={setPage} />
          </>
        )}
      </QueryState>
    </>
  );
}

function RemediationList({
  items,
  filtered,
}: {
  readonly items: readonly ListedRemediation[];
  readonly filtered: boolean;
}) {
  if (items.length === 0) {
    return (
      <EmptyState title={filtered ? "No remediation has this status" : "No remediations yet"}>
        Open a failing finding of a device and request its fix; a second person approves it here.
      </EmptyState>
    );
  }
  return (
    <ul className="grid gap-4">
      {items.map((item) => (
        <RemediationItem key={item.id} item={item} />
      ))}
    </ul>
  );
}
