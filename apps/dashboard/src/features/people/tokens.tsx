import type { Token } from "@holdfast/contracts/administration";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Cell, DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { Pages } from "../../components/pages.tsx";
import { QueryState } from "../../components/query-state.tsx";
import { Time } from "../../components/time.tsx";
import { usePermissions } from "../auth/use-permissions.ts";
import { getTokens, useRevokeToken } from "./people-queries.ts";
import { TokenDialog } from "./token-dialog.tsx";

export function Tokens() {
  const { may } = usePermissions();
  const [page, setPage] = useState(0);
  const [making, setMaking] = useState(false);
  const tokens = useQuery(getTokens(page));
  return (
    <section aria-labelledby="tokens" className="mt-10">
      <div className="mb-3 flex items-end justify-between">
        <h2 id="tokens" className="text-lg font-semibold">
          API tokens
        </h2>
        {may("orgs:write") && (
          <button type="button" className="button" onClick={() => setMaking(true)}>
            New token
          </button>
        )}
      </div>
      <QueryState query={tokens} what="tokens">
        {({ items, total }) => (
          <>
            {items.length === 0 ? (
              <EmptyState title="No tokens">A token lets a script use the interfaces.</EmptyState>
            ) : (
              <DataTable caption="API tokens" columns={["Name", "Permissions", "Made", "Last used", "Ends", ""]}>
                {items.map((token) => (
                  <TokenRow key={token.id} token={token} editable={may("orgs:write")} />
                ))}
              </DataTable>
            )}
            <Pages page={page} total={total} onPage={setPage} />
          </>
        )}
      </QueryState>
      {making && <TokenDialog onClose={() => setMaking(false)} />}
    </section>
  );
}

function TokenRow({ token, editable }: { readonly token: Token; readonly editable: boolean }) {
  const revoke = useRevokeToken();
  return (
    <tr>
      <Cell>
        {token.name}
        {revoke.error && <p className="text-bad">{revoke.error.message}</p>}
      </Cell>
      <Cell quiet>{token.permissions.join(", ") || "none"}</Cell>
      <Cell quiet>
        <Time at={token.createdAt} />
      </Cell>
      <Cell quiet>
        <Time at={token.lastUsedAt} />
      </Cell>
      <Cell quiet>
        <Time at={token.expiresAt} />
      </Cell>
      <Cell>
        {editable && (
          <button
            type="button"
            className="button button-quiet"
            aria-label={`Revoke ${token.name}`}
            onClick={() => confirm(`Revoke "${token.name}"? What uses it stops working.`) && revoke.mutate(token.id)}
          >
            Revoke
          </button>
        )}
      </Cell>
    </tr>
  );
}
