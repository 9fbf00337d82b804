import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Dialog, DialogButtons } from "../../components/dialog.tsx";
import { SelectField, TextField } from "../../components/form-field.tsx";
import { getDevices } from "../devices/get-devices.ts";
import { getChecks } from "../policies/policy-queries.ts";
import { SeedChecks } from "../policies/seed-checks.tsx";
import { useGrantException } from "./exception-queries.ts";

const shownMatches = 50;
const dayMs = 86_400_000;

/** Accepts a failing check on one device or on all, with a reason and an end. */
export function ExceptionDialog({ onClose }: { readonly onClose: () => void }) {
  const grant = useGrantException();
  const [search, setSearch] = useState("");
  const checks = useQuery(getChecks("linux"));
  const devices = useQuery(getDevices("", 0));
  const wanted = search.trim().toLowerCase();
  const matches = (checks.data ?? []).filter(({ cis_id, cis_title }) =>
    `${cis_id} ${cis_title}`.toLowerCase().includes(wanted),
  );
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const device = String(form.get("device"));
    const end = new Date(`${String(form.get("until"))}T23:59:59`);
    grant.mutate(
      {
        check_id: String(form.get("check")),
        ...(device === "" ? {} : { agent_uuid: device }),
        reason: String(form.get("reason")).trim(),
        expires_at: end.toISOString(),
      },
      { onSuccess: onClose },
    );
  }
  return (
    <Dialog title="Grant exception" onClose={onClose}>
      <form onSubmit={submit}>
        <TextField
          label="Find the check"
          type="search"
          value={search}
          onChange={({ target }) => setSearch(target.value)}
        />
        <SelectField label="Check" name="check" required size={6}>
          {matches.slice(0, shownMatches).map(({ id, cis_id, cis_title }) => (
            <option key={id} value={id}>
              {cis_id} {cis_title}
            </option>
          ))}
        </SelectField>
        {checks.data?.length === 0 && <SeedChecks />}
        <SelectField label="Device" name="device">
          <option value="">All devices</option>
          {(devices.data?.items ?? []).map(({ id, hostname }) => (
            <option key={id} value={id}>
              {hostname}
            </option>
          ))}
        </SelectField>
        <TextField label="Reason" name="reason" required maxLength={1000} hint="Who accepted it, and why" />
        <TextField label="Until the end of" name="until" type="date" required min={tomorrow()} />
        <DialogButtons label="Grant" pending={grant.isPending} error={grant.error} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

function tomorrow(): string {
  return new Date(Date.now() + dayMs).toISOString().slice(0, 10);
}
