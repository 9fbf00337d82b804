import type { Baseline, DataPage, ItemPage, ListedCheck, ParameterSettings } from "@holdfast/contracts/wire";
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { perPage } from "../../components/pages.tsx";
import { call, request } from "../../lib/api-client.ts";

export const policiesKey = ["policies"];

export const getPolicies = (page: number) =>
  queryOptions({
    queryKey: [...policiesKey, page],
    queryFn: () => request<DataPage<Baseline>>("GET", `/cis/baselines?limit=${perPage}&offset=${page * perPage}`),
    placeholderData: keepPreviousData,
  });

/** Every check of an operating system, to search in; asked for in pages of 500. */
export const getChecks = (osType: string) =>
  queryOptions({
    queryKey: ["checks", osType],
    staleTime: 5 * 60_000,
    async queryFn() {
      const checks: ListedCheck[] = [];
      for (let total = 1; checks.length < total; ) {
        const path = `/compliance/checks?target_os=${osType}&limit=500&skip=${checks.length}`;
        const page = await request<ItemPage<ListedCheck>>("GET", path);
        checks.push(...page.items);
        total = page.items.length === 0 ? 0 : page.total;
      }
      return checks;
    },
  });

/** What a policy for an operating system may set. */
export const getParameters = (osType: string) =>
  queryOptions({
    queryKey: ["parameters", osType],
    staleTime: 5 * 60_000,
    queryFn: async () => (await call("listParameters", { query: { os: osType } })).items,
  });

export interface PolicyInput {
  readonly id?: string;
  readonly orgId: string;
  readonly name: string;
  readonly osType: string;
  readonly benchmarkVersion: string;
  readonly level: "l1" | "l2" | "custom";
  readonly customExclusions: readonly string[];
  readonly scanSchedule: { readonly enabled: boolean; readonly intervalHours: number };
  /** Left out: they stay as they are. */
  readonly parameters?: ParameterSettings;
  readonly isActive: boolean;
}

export function useSavePolicy() {
  return usePolicyChange((input: PolicyInput) => request("POST", "/cis/baselines", input));
}

export function useDeletePolicy() {
  return usePolicyChange((id: string) => request("DELETE", `/compliance/policies/${id}`));
}

export function useTogglePolicy() {
  return usePolicyChange((id: string) => request("POST", `/compliance/policies/${id}/toggle`));
}

function usePolicyChange<Input>(change: (input: Input) => Promise<unknown>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: change,
    // A changed policy is judged anew, so every figure may change with it.
    onSuccess: () => queryClient.invalidateQueries(),
  });
}
