import type { ListedCheck, ListedException } from "@holdfast/contracts/wire";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Cell, DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { Pages } from "../../components/pages.tsx";
import { QueryState } from "../../components/query-state.tsx";
import { Time } from "../../components/time.tsx";
import { formatTime } from "../../lib/format-time.ts";
import { usePermissions } from "../auth/use-permissions.ts";
import { getDevices } from "../devices/get-devices.ts";
import { getChecks } from "../policies/policy-queries.ts";
import { SeedChecks } from "../policies/seed-checks.tsx";
import { ExceptionDialog } from "./exception-dialog.tsx";
import { getExceptions, useRevokeException } from "./exception-queries.ts";

export function ExceptionsPage() {
  const { may } = usePermissions();
  const [page, setPage] = useState(0);
  const [granting, setGranting] = useState(false);
  const exceptions = useQuery(getExceptions(page));
  const checks = useQuery(getChecks("linux"));
  return (
    <>
      <PageHeader title="Exceptions">
        {may("orgs:write") && (
          <button type="button" className="button" onClick={() => setGranting(true)}>
            Grant exception
          </button>
        )}
      </PageHeader>
      <p className="mb-4 text-muted">
        An exception accepts a failing check until it ends. The verdict stays; the check no longer counts in the score.
      </p>
      <QueryState query={exceptions} what="exceptions">
        {({ items, total }) => (
          <>
            {items.length === 0 ? (
              <EmptyState title="No exceptions">Nothing that fails has been accepted.</EmptyState>
            ) : (
              <DataTable caption="Exceptions" columns={["Check", "Device", "Reason", "State", "Ends", ""]}>
                {items.map((exception) => (
                  <ExceptionRow
                    key={exception.id}
                    exception={exception}
                    check={checks.data?.find(({ id }) => id === exception.check_id) ?? null}
                    editable={may("orgs:write")}
                  />
                ))}
              </DataTable>
            )}
            {items.length > 0 && checks.data?.length === 0 && <SeedChecks />}
            <Pages page={page} total={total} onPage={setPage} />
          </>
        )}
      </QueryState>
      {granting && <ExceptionDialog onClose={() => setGranting(false)} />}
    </>
  );
}

interface ExceptionRowProps {
  readonly exception: ListedException;
  readonly check: ListedCheck | null;
  readonly editable: boolean;
}

function ExceptionRow({ exception, check, editable }: ExceptionRowProps) {
  const revoke = useRevokeException();
  const devices = useQuery(getDevices("", 0));
  const device = devices.data?.items.find(({ id }) => id === exception.agent_uuid);
  const ended = exception.expires_at !== null && new Date(exception.expires_at) <= new Date();
  const state = !exception.is_active ? "revoked" : ended ? "ended" : "in force";
  const name = check === null ? exception.check_id : `${check.cis_id} ${check.cis_title}`;
  return (
    <tr>
      <Cell>
        {name}
        {revoke.error && <p className="text-bad">{revoke.error.message}</p>}
      </Cell>
      <Cell quiet>{exception.agent_uuid === null ? "all devices" : (device?.hostname ?? exception.agent_uuid)}</Cell>
      <Cell>{exception.reason}</Cell>
      <Cell quiet>{state}</Cell>
      <Cell quiet>{exception.expires_at === null ? "never" : formatTime(exception.expires_at)}</Cell>
      <Cell>
        {editable && state === "in force" && (
          <button
            type="button"
            className="button button-quiet"
            aria-label={`Revoke the exception for ${name}`}
            disabled={revoke.isPending}
            onClick={() => revoke.mutate(exception.id)}
          >
            Revoke
          </button>
        )}
        {state !== "in force" && <Time at={exception.created_at} />}
      </Cell>
    </tr>
  );
}
