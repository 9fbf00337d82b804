import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { request, setAccessToken } from "../../lib/api-client.ts";

/** Ends the session here and on the server, and forgets everything that was loaded. */
export function useSignOut() {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => request("POST", "/auth/sign-out", {}),
    async onSettled() {
      setAccessToken(null);
      await navigate({ to: "/sign-in", search: { from: "/" } });
      queryClient.clear();
    },
  });
}
