import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorState } from "./error-state.tsx";
import { Loading } from "./loading.tsx";

interface QueryStateProps<T> {
  readonly query: UseQueryResult<T>;
  /** What is loaded, for the waiting text: "policies". */
  readonly what: string;
  readonly children: (data: T) => ReactNode;
}

/** Loading, failed with another try, or the content: the three states every loaded part of a page has. */
export function QueryState<T>({ query, what, children }: QueryStateProps<T>) {
  if (query.isPending) return <Loading what={what} />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return children(query.data);
}
