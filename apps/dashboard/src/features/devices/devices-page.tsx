import type { Device } from "@holdfast/contracts/own-api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";
import { PresenceBadge, RiskBadge } from "../../components/badges.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Loading } from "../../components/loading.tsx";
import { Pages } from "../../components/pages.tsx";
import { Time } from "../../components/time.tsx";
import { getDevices } from "./get-devices.ts";

export function DevicesPage() {
  const [search, setSearch] = useState("");
  const [page, setPage] = useState(0);
  const devices = useQuery(getDevices(useDeferredValue(search), page));
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-3">
        <h1 className="text-2xl font-bold">Devices</h1>
        <label className="flex items-center gap-2">
          Search
          <input
            className="field"
            type="search"
            value={search}
            placeholder="Hostname"
            onChange={(event) => {
              setSearch(event.target.value);
              setPage(0);
            }}
          />
        </label>
      </div>
      <div className="mt-6">
        {devices.isPending && <Loading what="devices" />}
        {devices.isError && <ErrorState error={devices.error} onRetry={() => void devices.refetch()} />}
        {devices.data && <DeviceList {...devices.data} filtered={search !== ""} />}
        {devices.data && <Pages page={page} total={devices.data.total} onPage={setPage} />}
      </div>
    </>
  );
}

interface DeviceListProps {
  readonly items: readonly Device[];
  readonly filtered: boolean;
}

function DeviceList({ items, filtered }: DeviceListProps) {
  if (items.length === 0) {
    return filtered ? (
      <EmptyState title="No device matches">Try another part of the hostname.</EmptyState>
    ) : (
      <EmptyState title="No device has enrolled yet">Start the agent on a machine, and it shows here.</EmptyState>
    );
  }
  return (
    <div className="card overflow-x-auto">
      <table className="w-full text-left">
        <thead className="border-b border-line text-sm text-muted">
          <tr>
            <th className="px-4 py-2 font-medium">Device</th>
            <th className="px-4 py-2 font-medium">Platform</th>
            <th className="px-4 py-2 font-medium">Status</th>
            <th className="px-4 py-2 text-right font-medium">Score</th>
            <th className="px-4 py-2 font-medium">Risk</th>
            <th className="px-4 py-2 text-right font-medium">Failing</th>
            <th className="px-4 py-2 font-medium">Last scan</th>
          </tr>
        </thead>
        <tbody>
          {items.map((device) => (
            <DeviceRow key={device.id} device={device} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function DeviceRow({ device }: { readonly device: Device }) {
  const [latest] = device.latest;
  return (
    <tr className="border-b border-line last:border-0">
      <td className="px-4 py-2">
        <Link
          to="/devices/$deviceId"
          params={{ deviceId: device.id }}
          search={{}}
          className="font-medium underline decoration-control underline-offset-2"
        >
          {device.hostname}
        </Link>
      </td>
      <td className="px-4 py-2 text-muted">{device.platform.name}</td>
      <td className="px-4 py-2">
        <PresenceBadge status={device.status} />
      </td>
      <td className="px-4 py-2 text-right font-semibold tabular-nums">{latest?.score?.toFixed(1) ?? "–"}</td>
      <td className="px-4 py-2">
        <RiskBadge risk={latest?.riskLevel ?? null} />
      </td>
      <td className="px-4 py-2 text-right tabular-nums">{latest?.counts.fail ?? "–"}</td>
      <td className="px-4 py-2 text-muted">{latest ? <Time at={latest.checkedAt} /> : "never"}</td>
    </tr>
  );
}
