import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { Cell, DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { Pages } from "../../components/pages.tsx";
import { QueryState } from "../../components/query-state.tsx";
import { formatTime } from "../../lib/format-time.ts";
import { getAudit } from "./get-audit.ts";

export function AuditPage() {
  const [action, setAction] = useState("");
  const [page, setPage] = useState(0);
  const audit = useQuery(getAudit(useDeferredValue(action.trim()), page));
  return (
    <>
      <PageHeader title="Audit log">
        <label className="flex items-center gap-2">
          Action
          <input
            className="field"
            type="search"
            placeholder="policy.create"
            value={action}
            onChange={({ target }) => {
              setAction(target.value);
              setPage(0);
            }}
          />
        </label>
      </PageHeader>
      <QueryState query={audit} what="the audit log">
        {({ items, total }) => (
          <>
            {items.length === 0 ? (
              <EmptyState title="No entry matches">Every change is listed here with who made it.</EmptyState>
            ) : (
              <DataTable caption="Audit log" columns={["When", "Who", "Did what", "To what"]}>
                {items.map((entry) => (
                  <tr key={entry.id}>
                    <Cell quiet>
                      <time dateTime={entry.at}>{formatTime(entry.at)}</time>
                    </Cell>
                    <Cell>{entry.actor}</Cell>
                    <Cell>{entry.action}</Cell>
                    <Cell quiet>{entry.subject}</Cell>
                  </tr>
                ))}
              </DataTable>
            )}
            <Pages page={page} total={total} onPage={setPage} />
          </>
        )}
      </QueryState>
    </>
  );
}
