import type { Permission } from "@holdfast/contracts/own-api";
import type { ItemPage, ListedToken, ListedUser } from "@holdfast/contracts/wire";
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { perPage } from "../../components/pages.tsx";
import { request } from "../../lib/api-client.ts";

const usersKey = ["users"];
const tokensKey = ["tokens"];

export const getUsers = (page: number) =>
  queryOptions({
    queryKey: [...usersKey, page],
    queryFn: () => request<ItemPage<ListedUser>>("GET", `/users?skip=${page * perPage}&limit=${perPage}`),
    placeholderData: keepPreviousData,
  });

export const getTokens = (page: number) =>
  queryOptions({
    queryKey: [...tokensKey, page],
    queryFn: () => request<ItemPage<ListedToken>>("GET", `/tokens?skip=${page * perPage}&limit=${perPage}`),
    placeholderData: keepPreviousData,
  });

export interface UserInput {
  readonly email: string;
  readonly name: string;
  readonly password: string;
  readonly orgId: string;
  readonly role: string;
}

export function useAddUser() {
  return useChange(usersKey, (input: UserInput) => request<ListedUser>("POST", "/users", input));
}

export function useRemoveUser() {
  return useChange(usersKey, (id: string) => request("DELETE", `/users/${id}`));
}

export interface TokenInput {
  readonly name: string;
  readonly orgId: string;
  readonly permissions: readonly Permission[];
  readonly expiresAt?: string;
}

/** The answer holds the token itself: the only time it is shown. */
export function useMakeToken() {
  return useChange(tokensKey, (input: TokenInput) =>
    request<ListedToken & { token: string }>("POST", "/tokens", input),
  );
}

export function useRevokeToken() {
  return useChange(tokensKey, (id: string) => request("DELETE", `/tokens/${id}`));
}

function useChange<Input, Answer>(queryKey: readonly string[], change: (input: Input) => Promise<Answer>) {
  const queryClient = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: () => queryClient.invalidateQueries({ queryKey }) });
}
