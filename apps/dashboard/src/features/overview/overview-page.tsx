import type { Overview } from "@holdfast/contracts/own-api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { RiskBadge, SeverityBadge } from "../../components/badges.tsx";
import { CountStrip } from "../../components/count-strip.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Loading } from "../../components/loading.tsx";
import { ScoreRing } from "../../components/score-ring.tsx";
import { formatAge } from "../../lib/format-time.ts";
import { getOverview } from "./get-overview.ts";

export function OverviewPage() {
  const [policyId, setPolicyId] = useState<string | null>(null);
  const overview = useQuery(getOverview(policyId));
  if (overview.isPending) return <Loading what="the overview" />;
  if (overview.isError) return <ErrorState error={overview.error} onRetry={() => void overview.refetch()} />;
  const { data } = overview;
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-3">
        <h1 className="text-2xl font-bold">Overview</h1>
        <PolicyChoice overview={data} onChoose={setPolicyId} />
      </div>
      {data.devices.scanned === 0 ? <NothingScanned overview={data} /> : <Figures overview={data} />}
    </>
  );
}

function PolicyChoice({
  overview,
  onChoose,
}: {
  readonly overview: Overview;
  readonly onChoose: (id: string) => void;
}) {
  if (overview.policies.length < 2) return <span className="text-muted">{overview.policies[0]?.name}</span>;
  return (
    <label className="flex items-center gap-2">
      Policy
      <select className="field" value={overview.policyId ?? ""} onChange={(event) => onChoose(event.target.value)}>
        {overview.policies.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function NothingScanned({ overview }: { readonly overview: Overview }) {
  return (
    <div className="mt-6">
      <EmptyState title="Nothing has been scanned yet">
        {overview.devices.total === 0
          ? "No device has enrolled. Start the agent on one, and its score will show here."
          : "A device has enrolled; its first result will show here when its scan is done."}
      </EmptyState>
    </div>
  );
}

function Figures({ overview }: { readonly overview: Overview }) {
  const { score, riskLevel, devices, counts, lastCheckedAt } = overview;
  return (
    <>
      <section aria-label="Score" className="card mt-6 flex flex-wrap items-center gap-8 p-6">
        <ScoreRing score={score} risk={riskLevel} />
        <div className="min-w-64 flex-1">
          <div className="flex flex-wrap items-center gap-3">
            <RiskBadge risk={riskLevel} />
            <span className="text-muted">
              {devices.scanned} of {devices.total} devices scanned, {devices.online} online
              {lastCheckedAt !== null && `, last scan ${formatAge(lastCheckedAt)}`}
            </span>
          </div>
          <div className="mt-5">
            <CountStrip counts={counts} />
          </div>
        </div>
      </section>
      <WorstChecks overview={overview} />
    </>
  );
}

function WorstChecks({ overview: { worst } }: { readonly overview: Overview }) {
  if (worst.length === 0) return null;
  return (
    <section aria-labelledby="worst" className="mt-8">
      <h2 id="worst" className="text-lg font-semibold">
        Worst failing checks
      </h2>
      <div className="card mt-3 overflow-x-auto">
        <table className="w-full text-left">
          <thead className="border-b border-line text-sm text-muted">
            <tr>
              <th className="px-4 py-2 font-medium">Severity</th>
              <th className="px-4 py-2 font-medium">Check</th>
              <th className="px-4 py-2 font-medium">Category</th>
              <th className="px-4 py-2 text-right font-medium">Failing devices</th>
            </tr>
          </thead>
          <tbody>
            {worst.map(({ checkId, title, severity, category, failCount, deviceId }) => (
              <tr key={checkId} className="border-b border-line last:border-0">
                <td className="px-4 py-2">
                  <SeverityBadge severity={severity} />
                </td>
                <td className="px-4 py-2">
                  <Link
                    to="/devices/$deviceId"
                    params={{ deviceId }}
                    search={{ open: checkId }}
                    className="font-medium underline decoration-control underline-offset-2"
                  >
                    {checkId} {title}
                  </Link>
                </td>
                <td className="px-4 py-2 text-muted">{category}</td>
                <td className="px-4 py-2 text-right tabular-nums">{failCount}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
