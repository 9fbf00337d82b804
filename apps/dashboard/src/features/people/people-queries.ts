import type { IssuedToken, NewToken, NewUser, Token, User } from "@holdfast/contracts/administration";
import type { ItemPage } from "@holdfast/contracts/wire";
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { perPage } from "../../components/pages.tsx";
import { request } from "../../lib/api-client.ts";

const usersKey = ["users"];
const tokensKey = ["tokens"];

export const getUsers = (page: number) =>
  queryOptions({
    queryKey: [...usersKey, page],
    queryFn: () => request<ItemPage<User>>("GET", `/users?skip=${page * perPage}&limit=${perPage}`),
    placeholderData: keepPreviousData,
  });

export const getTokens = (page: number) =>
  queryOptions({
    queryKey: [...tokensKey, page],
    queryFn: () => request<ItemPage<Token>>("GET", `/tokens?skip=${page * perPage}&limit=${perPage}`),
    placeholderData: keepPreviousData,
  });

export function useAddUser() {
  return useChange(usersKey, (input: NewUser) => request<User>("POST", "/users", input));
}

export function useRemoveUser() {
  return useChange(usersKey, (id: string) => request("DELETE", `/users/${id}`));
}

/** The answer holds the token itself: the only time it is shown. */
export function useMakeToken() {
  return useChange(tokensKey, (input: NewToken) => request<IssuedToken>("POST", "/tokens", input));
}

export function useRevokeToken() {
  return useChange(tokensKey, (id: string) => request("DELETE", `/tokens/${id}`));
}

function useChange<Input, Answer>(queryKey: readonly string[], change: (input: Input) => Promise<Answer>) {
  const queryClient = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: () => queryClient.invalidateQueries({ queryKey }) });
}
