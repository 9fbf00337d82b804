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
