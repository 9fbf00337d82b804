import type { Device } from "@holdfast/contracts/own-api";
import { useQuery } from "@tanstack/react-query";
import { getOverview } from "../overview/get-overview.ts";
import { useStartScan } from "./start-scan.ts";

/** Starts a scan and shows how far it is. */
export function ScanNow({ device, policyId }: { readonly device: Device; readonly policyId: string | null }) {
  const overview = useQuery(getOverview(null));
  const startScan = useStartScan(device.id);
  const policy = policyId ?? overview.data?.policyId ?? null;
  const { scan } = device;
  return (
    <div className="min-w-56 sm:text-right">
      <button
        type="button"
        className="button"
        disabled={scan !== null || startScan.isPending || policy === null}
        onClick={() => policy !== null && startScan.mutate(policy)}
      >
        {scan === null ? "Scan now" : "Scanning …"}
      </button>
      <div aria-live="polite" className="mt-2 text-sm text-muted">
        {scan !== null && (
          <>
            <p>{progressText(device)}</p>
            {scan.total > 0 && (
              <progress
                className="mt-1 w-full accent-accent"
                value={scan.done}
                max={scan.total}
                aria-label="Scan progress"
              />
            )}
          </>
        )}
        {startScan.error && <p className="text-bad">{startScan.error.message}</p>}
      </div>
    </div>
  );
}

function progressText({ scan, status }: Device): string {
  if (scan === null) return "";
  if (status === "offline") return "Waiting for the device to come online";
  if (scan.total === 0) return "Waiting for the agent";
  return `${scan.done} of ${scan.total} settings read`;
}
