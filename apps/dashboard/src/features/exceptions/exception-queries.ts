import type { ItemPage, ListedException } from "@holdfast/contracts/wire";
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { perPage } from "../../components/pages.tsx";
import { request } from "../../lib/api-client.ts";

export const getExceptions = (page: number) =>
  queryOptions({
    queryKey: ["exceptions", page],
    queryFn: () =>
      request<ItemPage<ListedException>>("GET", `/compliance/exceptions?skip=${page * perPage}&limit=${perPage}`),
    placeholderData: keepPreviousData,
  });

/** What interface A says of one finding, as far as it is needed here. */
interface FailedCheck {
  readonly check_id: string;
  readonly check: { readonly cis_id: string; readonly cis_title: string };
}

/** The checks that fail on a device and are not excepted there, each once; a number is only unique in one benchmark. */
export const getFailedChecks = (deviceId: string) =>
  queryOptions({
    queryKey: ["failed-checks", deviceId],
    async queryFn() {
      const path = `/compliance/results/agent/${deviceId}?status=failed&limit=500`;
      const { items } = await request<ItemPage<FailedCheck>>("GET", path);
      return [...new Map(items.map((item) => [item.check_id, item])).values()];
    },
  });

export interface ExceptionInput {
  readonly check_id: string;
  readonly agent_uuid?: string;
  readonly reason: string;
  readonly expires_at: string;
}

export function useGrantException() {
  return useExceptionChange((input: ExceptionInput) => request("POST", "/compliance/exceptions", input));
}

export function useRevokeException() {
  return useExceptionChange((id: string) => request("DELETE", `/compliance/exceptions/${id}`));
}

function useExceptionChange<Input>(change: (input: Input) => Promise<unknown>) {
  const queryClient = useQueryClient();
  // Scores change with it at once, so everything shown may be out of date.
  return useMutation({ mutationFn: change, onSuccess: () => queryClient.invalidateQueries() });
}
