import type { User } from "@holdfast/contracts/administration";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Cell, DataTable } from "../../components/data-table.tsx";
import { Pages } from "../../components/pages.tsx";
import { QueryState } from "../../components/query-state.tsx";
import { usePermissions } from "../auth/use-permissions.ts";
import { getUsers, useRemoveUser } from "./people-queries.ts";
import { UserDialog } from "./user-dialog.tsx";

export function Users() {
  const { may } = usePermissions();
  const [page, setPage] = useState(0);
  const [adding, setAdding] = useState(false);
  const users = useQuery(getUsers(page));
  return (
    <section aria-labelledby="people">
      <div className="mb-3 flex items-end justify-between">
        <h2 id="people" className="text-lg font-semibold">
          People
        </h2>
        {may("orgs:write") && (
          <button type="button" className="button" onClick={() => setAdding(true)}>
            Add person
          </button>
        )}
      </div>
      <QueryState query={users} what="people">
        {({ items, total }) => (
          <>
            <DataTable caption="People" columns={["E-mail", "Name", "Role", "Permissions", ""]}>
              {items.map((user) => (
                <UserRow key={`${user.id} ${user.orgId}`} user={user} editable={may("orgs:write")} />
              ))}
            </DataTable>
            <Pages page={page} total={total} onPage={setPage} />
          </>
        )}
      </QueryState>
      {adding && <UserDialog onClose={() => setAdding(false)} />}
    </section>
  );
}

function UserRow({ user, editable }: { readonly user: User; readonly editable: boolean }) {
  const remove = useRemoveUser();
  return (
    <tr>
      <Cell>
        {user.email}
        {remove.error && <p className="text-bad">{remove.error.message}</p>}
      </Cell>
      <Cell>{user.name}</Cell>
      <Cell quiet>{user.role ?? "own set"}</Cell>
      <Cell quiet>{user.permissions.join(", ") || "none"}</Cell>
      <Cell>
        {editable && (
          <button
            type="button"
            className="button button-quiet"
            aria-label={`Remove ${user.email}`}
            onClick={() => confirm(`Remove ${user.email} from the organisation?`) && remove.mutate(user.id)}
          >
            Remove
          </button>
        )}
      </Cell>
    </tr>
  );
}
