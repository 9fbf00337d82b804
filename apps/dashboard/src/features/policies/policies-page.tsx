import type { Baseline } from "@holdfast/contracts/wire";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Cell, DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { Pages } from "../../components/pages.tsx";
import { QueryState } from "../../components/query-state.tsx";
import { Time } from "../../components/time.tsx";
import { usePermissions } from "../auth/use-permissions.ts";
import { PolicyDialog } from "./policy-dialog.tsx";
import { getPolicies, useDeletePolicy, useTogglePolicy } from "./policy-queries.ts";

export function PoliciesPage() {
  const { may } = usePermissions();
  const [page, setPage] = useState(0);
  const [edited, setEdited] = useState<Baseline | "new" | null>(null);
  const policies = useQuery(getPolicies(page));
  return (
    <>
      <PageHeader title="Policies">
        {may("orgs:write") && (
          <button type="button" className="button" onClick={() => setEdited("new")}>
            New policy
          </button>
        )}
      </PageHeader>
      <QueryState query={policies} what="policies">
        {({ data, pagination }) => (
          <>
            {data.length === 0 ? (
              <EmptyState title="No policy yet">
                A policy says which benchmark and level devices are held to.
              </EmptyState>
            ) : (
              <DataTable
                caption="Policies"
                columns={["Policy", "System", "Benchmark", "Level", "Excluded", "Schedule", "Next scan", ""]}
              >
                {data.map((policy) => (
                  <PolicyRow
                    key={policy.id}
                    policy={policy}
                    editable={may("orgs:write")}
                    onEdit={() => setEdited(policy)}
                  />
                ))}
              </DataTable>
            )}
            <Pages page={page} total={pagination.total} onPage={setPage} />
          </>
        )}
      </QueryState>
      {edited !== null && <PolicyDialog policy={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
    </>
  );
}

interface PolicyRowProps {
  readonly policy: Baseline;
  readonly editable: boolean;
  readonly onEdit: () => void;
}

const levelName = { l1: "Level 1", l2: "Level 2", custom: "Custom" } as const;

function PolicyRow({ policy, editable, onEdit }: PolicyRowProps) {
  const toggle = useTogglePolicy();
  const remove = useDeletePolicy();
  const { scanSchedule } = policy;
  return (
    <tr>
      <Cell>
        <span className="font-medium">{policy.name}</span>
        {!policy.isActive && <span className="ml-2 text-muted">(off)</span>}
        {(toggle.error ?? remove.error) && <p className="text-bad">{(toggle.error ?? remove.error)?.message}</p>}
      </Cell>
      <Cell quiet>{policy.osType}</Cell>
      <Cell quiet>{policy.benchmarkVersion}</Cell>
      <Cell quiet>{levelName[policy.level]}</Cell>
      <Cell quiet>{policy.customExclusions.length}</Cell>
      <Cell quiet>{scanSchedule.enabled ? `every ${scanSchedule.intervalHours} h` : "by hand"}</Cell>
      <Cell quiet>
        <Time at={scanSchedule.nextScanAt} />
      </Cell>
      <Cell>
        {editable && (
          <div className="flex justify-end gap-2">
            <button type="button" className="button button-quiet" aria-label={`Edit ${policy.name}`} onClick={onEdit}>
              Edit
            </button>
            <button
              type="button"
              className="button button-quiet"
              aria-label={`Switch ${policy.name} ${policy.isActive ? "off" : "on"}`}
              onClick={() => toggle.mutate(policy.id)}
            >
              {policy.isActive ? "Switch off" : "Switch on"}
            </button>
            <button
              type="button"
              className="button button-quiet"
              aria-label={`Delete ${policy.name}`}
              onClick={() => confirm(`Delete "${policy.name}" and its results?`) && remove.mutate(policy.id)}
            >
              Delete
            </button>
          </div>
        )}
      </Cell>
    </tr>
  );
}
