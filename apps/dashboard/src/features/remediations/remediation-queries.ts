import type { DataPage, ListedRemediation } from "@holdfast/contracts/wire";
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { perPage } from "../../components/pages.tsx";
import { request } from "../../lib/api-client.ts";

const openRefetchMs = 3_000;

export const remediationsKey = ["remediations"];

export const getRemediations = (status: string, page: number) =>
  queryOptions({
    queryKey: [...remediationsKey, status, page],
    queryFn: () => {
      const query = new URLSearchParams({ limit: String(perPage), offset: String(page * perPage) });
      if (status !== "") query.set("status", status);
      return request<DataPage<ListedRemediation>>("GET", `/cis/remediations?${query}`);
    },
    placeholderData: keepPreviousData,
    // Followed while something is on its way to a device.
    refetchInterval: ({ state }) => (state.data?.data.some(isOnItsWay) ? openRefetchMs : false),
  });

function isOnItsWay({ status }: ListedRemediation): boolean {
  return status === "queued" || status === "in_progress";
}

export interface RemediationRequest {
  readonly deviceId: string;
  readonly baselineId?: string;
  readonly checkIds: readonly string[];
  readonly action: "apply" | "rollback";
  readonly reason: string;
}

export function useRequestRemediation() {
  return useRemediationChange((input: RemediationRequest) => request("POST", "/cis/remediate", input));
}

export interface Decision {
  readonly actionIds: readonly string[];
  readonly approved: boolean;
  readonly note: string;
}

export function useDecideRemediation() {
  return useRemediationChange((input: Decision) => request("POST", "/cis/remediate/approve", input));
}

export function useCancelRemediation() {
  return useRemediationChange((id: string) => request("POST", `/remediations/${id}/cancel`));
}

function useRemediationChange<Input>(change: (input: Input) => Promise<unknown>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => queryClient.invalidateQueries({ queryKey: remediationsKey }),
  });
}
