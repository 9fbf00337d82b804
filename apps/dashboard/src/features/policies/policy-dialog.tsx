import type { Baseline } from "@holdfast/contracts/wire";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Dialog, DialogButtons } from "../../components/dialog.tsx";
import { CheckField, SelectField, TextField } from "../../components/form-field.tsx";
import { usePermissions } from "../auth/use-permissions.ts";
import { ExclusionPicker } from "./exclusion-picker.tsx";
import { getParameters, type PolicyInput, useSavePolicy } from "./policy-queries.ts";
import { settingsOf, textsOf } from "./site-value-texts.ts";
import { SiteValues } from "./site-values.tsx";

interface PolicyDialogProps {
  /** Null makes a new one. */
  readonly policy: Baseline | null;
  readonly onClose: () => void;
}

export function PolicyDialog({ policy, onClose }: PolicyDialogProps) {
  const { orgId } = usePermissions();
  const save = useSavePolicy();
  const [osType, setOsType] = useState<string>(policy?.osType ?? "linux");
  const [exclusions, setExclusions] = useState<readonly string[]>(policy?.customExclusions ?? []);
  const [texts, setTexts] = useState(() => textsOf(policy?.parameters ?? {}));
  const parameters = useQuery(getParameters(osType));
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const kept = { id: policy?.id, orgId, osType, exclusions };
    const set = parameters.data === undefined ? {} : { parameters: settingsOf(parameters.data, texts) };
    save.mutate({ ...inputOf(form, kept), ...set }, { onSuccess: onClose });
  }
  return (
    <Dialog title={policy === null ? "New policy" : `Edit ${policy.name}`} onClose={onClose}>
      <form onSubmit={submit}>
        <TextField label="Name" name="name" required maxLength={200} defaultValue={policy?.name} />
        <div className="grid gap-x-4 sm:grid-cols-2">
          <SelectField label="System" value={osType} onChange={({ target }) => setOsType(target.value)}>
            <option value="linux">Linux</option>
            <option value="windows">Windows</option>
            <option value="macos">macOS</option>
          </SelectField>
          <SelectField label="Level" name="level" defaultValue={policy?.level ?? "l1"}>
            <option value="l1">Level 1</option>
            <option value="l2">Level 2</option>
            <option value="custom">Custom</option>
          </SelectField>
          <TextField
            label="Benchmark version"
            name="benchmarkVersion"
            required
            defaultValue={policy?.benchmarkVersion ?? "latest"}
            hint="latest, or a version such as 1.1.0"
          />
          <TextField
            label="Scan every (hours)"
            name="intervalHours"
            type="number"
            min={1}
            max={168}
            required
            defaultValue={policy?.scanSchedule.intervalHours ?? 24}
            hint="1 to 168"
          />
        </div>
        <CheckField label="Scan on schedule" name="scheduled" defaultChecked={policy?.scanSchedule.enabled ?? true} />
        <CheckField label="Policy is active" name="active" defaultChecked={policy?.isActive ?? true} />
        <ExclusionPicker osType={osType} chosen={exclusions} onChange={setExclusions} />
        <SiteValues parameters={parameters.data ?? []} texts={texts} onChange={setTexts} />
        <DialogButtons label="Save" pending={save.isPending} error={save.error} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

interface Kept {
  readonly id: string | undefined;
  readonly orgId: string;
  readonly osType: string;
  readonly exclusions: readonly string[];
}

function inputOf(form: FormData, { id, orgId, osType, exclusions }: Kept): PolicyInput {
  const level = form.get("level");
  return {
    ...(id === undefined ? {} : { id }),
    orgId,
    osType,
    name: String(form.get("name")).trim(),
    benchmarkVersion: String(form.get("benchmarkVersion")).trim(),
    level: level === "l2" || level === "custom" ? level : "l1",
    customExclusions: exclusions,
    scanSchedule: { enabled: form.get("scheduled") === "on", intervalHours: Number(form.get("intervalHours")) },
    isActive: form.get("active") === "on",
  };
}
