import { useMutation, useQueryClient } from "@tanstack/react-query";
import { request } from "../../lib/api-client.ts";

/** Loads the checks that come with Holdfast, for an organisation that has none listed yet. */
export function SeedChecks() {
  const queryClient = useQueryClient();
  const seed = useMutation({
    mutationFn: () => request("POST", "/compliance/checks/seed", {}),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["checks"] }),
  });
  return (
    <div className="mt-3 rounded-md bg-sunken p-3">
      <p>No checks are listed yet.</p>
      <button
        type="button"
        className="button button-quiet mt-2"
        disabled={seed.isPending}
        onClick={() => seed.mutate()}
      >
        Load the shipped checks
      </button>
      {seed.error && <p className="mt-2 text-bad">{seed.error.message}</p>}
    </div>
  );
}
