import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { getChecks } from "./policy-queries.ts";
import { SeedChecks } from "./seed-checks.tsx";

const shownMatches = 8;

interface ExclusionPickerProps {
  readonly osType: string;
  /** Recommendation numbers that are left out. */
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Finds checks by number or words and leaves them out of a policy. */
export function ExclusionPicker({ osType, chosen, onChange }: ExclusionPickerProps) {
  const [text, setText] = useState("");
  const checks = useQuery({ ...getChecks(osType), enabled: text.trim() !== "" });
  const wanted = text.trim().toLowerCase();
  const matches = (checks.data ?? [])
    .filter(
      ({ cis_id, cis_title }) => !chosen.includes(cis_id) && `${cis_id} ${cis_title}`.toLowerCase().includes(wanted),
    )
    .filter(({ cis_id }, index, all) => all.findIndex((other) => other.cis_id === cis_id) === index)
    // The numbers that begin so come first; the sort keeps the benchmark's order otherwise.
    .sort((a, b) => Number(b.cis_id.startsWith(wanted)) - Number(a.cis_id.startsWith(wanted)));
  return (
    <fieldset className="mt-4">
      <legend className="font-medium">Left out ({chosen.length})</legend>
      <ul className="mt-1 flex flex-wrap gap-2">
        {chosen.map((number) => (
          <li key={number} className="flex items-center gap-1 rounded-full bg-sunken py-0.5 pr-1 pl-3 text-sm">
            {number}
            <button
              type="button"
              className="cursor-pointer rounded-full px-1.5"
              aria-label={`Evaluate ${number} again`}
              onClick={() => onChange(chosen.filter((other) => other !== number))}
            >
              <span aria-hidden="true">×</span>
            </button>
          </li>
        ))}
      </ul>
      <label className="mt-2 block text-sm text-muted">
        Search a check to leave out
        <input
          className="field mt-1 w-full text-ink"
          type="search"
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </label>
      {wanted !== "" && (
        <ul className="mt-1 divide-y divide-line" aria-label="Matching checks">
          {matches.slice(0, shownMatches).map(({ id, cis_id, cis_title }) => (
            <li key={id}>
              <button
                type="button"
                className="w-full cursor-pointer px-2 py-1.5 text-left hover:bg-sunken"
                onClick={() => onChange([...chosen, cis_id])}
              >
                <span className="text-muted">{cis_id}</span> {cis_title}
              </button>
            </li>
          ))}
          {checks.data && checks.data.length > 0 && matches.length === 0 && (
            <li className="px-2 py-1.5 text-muted">No check matches.</li>
          )}
          {matches.length > shownMatches && (
            <li className="px-2 py-1.5 text-muted">{matches.length - shownMatches} more</li>
          )}
        </ul>
      )}
      {checks.data?.length === 0 && <SeedChecks />}
    </fieldset>
  );
}
