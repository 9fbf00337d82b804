import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Dialog, DialogButtons } from "../../components/dialog.tsx";
import { SelectField, TextField } from "../../components/form-field.tsx";
import { getDevices } from "../devices/get-devices.ts";
import { getFailedChecks, useGrantException } from "./exception-queries.ts";

const dayMs = 86_400_000;

/** Accepts a check that fails on a device, there or on all devices, with a reason and an end. */
export function ExceptionDialog({ onClose }: { readonly onClose: () => void }) {
  const grant = useGrantException();
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const devices = useQuery(getDevices("", 0)).data?.items ?? [];
  const device = devices.find(({ id }) => id === chosen) ?? devices[0];
  const failed = useQuery({ ...getFailedChecks(device?.id ?? ""), enabled: device !== undefined });
  const wanted = search.trim().toLowerCase();
  const matches = (failed.data ?? []).filter(({ check }) =>
    `${check.cis_id} ${check.cis_title}`.toLowerCase().includes(wanted),
  );
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const end = new Date(`${String(form.get("until"))}T23:59:59`);
    grant.mutate(
      {
        check_id: String(form.get("check")),
        ...(form.get("scope") === "device" && device !== undefined ? { agent_uuid: device.id } : {}),
        reason: String(form.get("reason")).trim(),
        expires_at: end.toISOString(),
      },
      { onSuccess: onClose },
    );
  }
  return (
    <Dialog title="Grant exception" onClose={onClose}>
      <form onSubmit={submit}>
        <SelectField label="Fails on" value={device?.id ?? ""} onChange={({ target }) => setChosen(target.value)}>
          {devices.map(({ id, hostname }) => (
            <option key={id} value={id}>
              {hostname}
            </option>
          ))}
        </SelectField>
        <TextField
          label="Find the check"
          type="search"
          value={search}
          onChange={({ target }) => setSearch(target.value)}
        />
        <SelectField label="Check" name="check" required size={6}>
          {matches.map(({ check_id, check }) => (
            <option key={check_id} value={check_id}>
              {check.cis_id} {check.cis_title}
            </option>
          ))}
        </SelectField>
        {failed.data && matches.length === 0 && (
          <p className="mt-1 text-sm text-muted">
            {wanted === "" ? "Nothing fails there." : "No failing check matches."}
          </p>
        )}
        {failed.error && <p className="mt-1 text-bad">{failed.error.message}</p>}
        <SelectField label="Holds for" name="scope">
          <option value="all">All devices</option>
          <option value="device">This device only</option>
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
