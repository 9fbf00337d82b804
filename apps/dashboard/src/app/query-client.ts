import { QueryClient } from "@tanstack/react-query";
import { ApiRequestError } from "../lib/api-client.ts";

const retries = 2;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the server refuses stays refused; only a lost connection is worth another try.
      retry: (count, error) => !(error instanceof ApiRequestError) && count < retries,
    },
  },
});
