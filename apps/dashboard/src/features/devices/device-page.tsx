import type { Device, LatestResult } from "@holdfast/contracts/own-api";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { PresenceBadge, RiskBadge } from "../../components/badges.tsx";
import { CountStrip } from "../../components/count-strip.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Loading } from "../../components/loading.tsx";
import { ScoreRing } from "../../components/score-ring.tsx";
import { formatAge, formatTime } from "../../lib/format-time.ts";
import { Findings } from "./findings.tsx";
import { getDevice } from "./get-device.ts";
import { getFindings } from "./get-findings.ts";
import { ScanNow } from "./scan-now.tsx";

export function DevicePage() {
  const { deviceId } = useParams({ from: "/shell/devices/$deviceId" });
  const device = useQuery(getDevice(deviceId));
  if (device.isPending) return <Loading what="the device" />;
  if (device.isError) return <ErrorState error={device.error} onRetry={() => void device.refetch()} />;
  return <DeviceDetails device={device.data} />;
}

function DeviceDetails({ device }: { readonly device: Device }) {
  const { policy } = useSearch({ from: "/shell/devices/$deviceId" });
  const latest = device.latest.find(({ policyId }) => policyId === policy) ?? device.latest[0];
  return (
    <>
      <p className="text-sm">
        <Link to="/devices" className="underline decoration-control underline-offset-2">
          Devices
        </Link>
      </p>
      <div className="mt-1 flex flex-wrap items-start justify-between gap-4">
        <div>
          <h1 className="text-2xl font-bold">{device.hostname}</h1>
          <p className="mt-1 flex flex-wrap items-center gap-2 text-muted">
            <PresenceBadge status={device.status} /> {device.platform.name}, agent {device.agentVersion}
            {device.lastSeenAt !== null && device.status === "offline" && `, last seen ${formatAge(device.lastSeenAt)}`}
          </p>
        </div>
        <ScanNow device={device} policyId={latest?.policyId ?? null} />
      </div>
      {latest ? (
        <>
          <ResultCard latest={latest} device={device} />
          <LatestFindings deviceId={device.id} latest={latest} />
        </>
      ) : (
        <div className="mt-6">
          <EmptyState title="Never scanned">
            {device.scan ? "The first scan is on its way." : "Start a scan to see how well this device is hardened."}
          </EmptyState>
        </div>
      )}
    </>
  );
}

function ResultCard({ latest, device }: { readonly latest: LatestResult; readonly device: Device }) {
  const navigate = useNavigate({ from: "/devices/$deviceId" });
  return (
    <section aria-label="Latest result" className="card mt-6 flex flex-wrap items-center gap-8 p-6">
      <ScoreRing score={latest.score} risk={latest.riskLevel} />
      <div className="min-w-64 flex-1">
        <div className="flex flex-wrap items-center gap-3">
          <RiskBadge risk={latest.riskLevel} />
          {device.latest.length > 1 ? (
            <select
              className="field"
              aria-label="Policy"
              value={latest.policyId}
              onChange={({ target }) => void navigate({ search: (filters) => ({ ...filters, policy: target.value }) })}
            >
              {device.latest.map(({ policyId, policyName }) => (
                <option key={policyId} value={policyId}>
                  {policyName}
                </option>
              ))}
            </select>
          ) : (
            <span>{latest.policyName}</span>
          )}
          <time className="text-muted" dateTime={latest.checkedAt} title={formatTime(latest.checkedAt)}>
            {formatAge(latest.checkedAt)}
          </time>
        </div>
        <div className="mt-5">
          <CountStrip counts={latest.counts} />
        </div>
      </div>
    </section>
  );
}

function LatestFindings({ deviceId, latest }: { readonly deviceId: string; readonly latest: LatestResult }) {
  const findings = useQuery(getFindings(deviceId, latest.policyId, latest.resultId));
  if (findings.isPending) return <Loading what="the findings" />;
  if (findings.isError) return <ErrorState error={findings.error} onRetry={() => void findings.refetch()} />;
  return <Findings found={findings.data} />;
}
