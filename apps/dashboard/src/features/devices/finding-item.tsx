import type { DeviceFinding } from "@holdfast/contracts/own-api";
import { useParams } from "@tanstack/react-router";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { ExceptedBadge, SeverityBadge, StatusBadge } from "../../components/badges.tsx";
import { formatTime } from "../../lib/format-time.ts";
import { RequestFix } from "../remediations/request-fix.tsx";

interface FindingItemProps {
  readonly finding: DeviceFinding;
  /** The policy it was judged by; a fix is requested under it. */
  readonly policyId: string;
  readonly open: boolean;
  readonly onToggle: (open: boolean) => void;
}

/** A finding as a line that unfolds into what was expected, what was found, where, why it matters and how to fix it. */
export function FindingItem({ finding, policyId, open, onToggle }: FindingItemProps) {
  const id = useId();
  const item = useRef<HTMLLIElement>(null);
  const openedByAddress = useRef(open);
  useEffect(() => {
    if (openedByAddress.current) item.current?.scrollIntoView({ block: "center" });
  }, []);
  return (
    <li ref={item}>
      <h3>
        <button
          type="button"
          className="flex w-full cursor-pointer flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-left hover:bg-sunken focus-visible:-outline-offset-4"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => onToggle(!open)}
        >
          <span aria-hidden="true" className="w-3 text-muted">
            {open ? "▾" : "▸"}
          </span>
          <span className="w-28">
            <StatusBadge status={finding.status} />
          </span>
          <span className="w-20">
            <SeverityBadge severity={finding.severity} />
          </span>
          <span className="min-w-64 flex-1">
            <span className="mr-1 text-muted tabular-nums">{finding.checkId}</span>{" "}
            <span className="font-medium">{finding.title}</span>
          </span>
          {finding.exception !== null && <ExceptedBadge />}
        </button>
      </h3>
      {open && <Details id={id} finding={finding} policyId={policyId} />}
    </li>
  );
}

interface DetailsProps {
  readonly id: string;
  readonly finding: DeviceFinding;
  readonly policyId: string;
}

function Details({ id, finding, policyId }: DetailsProps) {
  const { deviceId } = useParams({ from: "/shell/devices/$deviceId" });
  return (
    <div id={id} className="border-t border-line bg-sunken px-4 py-4 sm:pl-12">
      {finding.message !== "" && finding.status !== "fail" && <p className="mb-4 font-medium">{finding.message}</p>}
      {finding.exception !== null && <Excepted exception={finding.exception} />}
      {finding.evidence.details.length > 0 && <EvidenceTable finding={finding} />}
      <dl className="mt-4 grid max-w-3xl gap-4">
        <Detail term="Why it matters">{finding.rationale}</Detail>
        <Detail term="How to fix it">{finding.remediation}</Detail>
        {finding.impact !== "" && <Detail term="What it may affect">{finding.impact}</Detail>}
        {finding.controls.length > 0 && <Detail term="Controls it serves">{finding.controls.join("\n")}</Detail>}
      </dl>
      {finding.status === "fail" && <RequestFix deviceId={deviceId} policyId={policyId} checkId={finding.checkId} />}
      <p className="mt-4 text-sm text-muted">
        {finding.section}; Level {finding.level}; {finding.assessment}; {finding.category}
      </p>
    </div>
  );
}

function Excepted({
  exception: { reason, expiresAt },
}: {
  readonly exception: NonNullable<DeviceFinding["exception"]>;
}) {
  return (
    <p className="mb-4">
      <span className="font-medium">Excepted</span>{" "}
      {expiresAt === null ? "until it is revoked" : `until ${formatTime(expiresAt)}`}: {reason}
    </p>
  );
}

/** On a telephone the columns stand below each other, each under its heading. */
const cell =
  "py-1 pr-4 max-sm:block max-sm:before:block max-sm:before:font-sans max-sm:before:text-muted max-sm:before:content-[attr(data-label)]";

function EvidenceTable({ finding }: { readonly finding: DeviceFinding }) {
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-left text-sm max-sm:block">
        <caption className="sr-only">Evidence</caption>
        <thead className="text-muted max-sm:sr-only">
          <tr>
            <th className="py-1 pr-4 font-medium">Setting</th>
            <th className="py-1 pr-4 font-medium">Expected</th>
            <th className="py-1 pr-4 font-medium">Actual</th>
            <th className="py-1 font-medium">Source</th>
          </tr>
        </thead>
        <tbody className="align-top max-sm:block">
          {finding.evidence.details.map(({ address, expected, actual, source }) => (
            <tr key={`${address} ${expected}`} className="max-sm:block max-sm:py-2">
              <td data-label="Setting" className={`${cell} font-mono break-all`}>
                {address}
              </td>
              <td data-label="Expected" className={cell}>
                {expected}
              </td>
              <td data-label="Actual" className={cell}>
                {actual}
              </td>
              <td data-label="Source" className={`${cell} font-mono break-all`}>
                {source ?? "–"}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Detail({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt className="text-sm font-semibold text-muted">{term}</dt>
      <dd className="mt-0.5 whitespace-pre-line">{children}</dd>
    </div>
  );
}
