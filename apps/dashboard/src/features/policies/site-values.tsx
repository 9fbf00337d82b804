import type { ListedParameter } from "@holdfast/contracts/wire";
import { SelectField, TextField } from "../../components/form-field.tsx";
import { boundsOf, type SiteValueTexts, textOf } from "./site-value-texts.ts";

interface SiteValuesProps {
  readonly parameters: readonly ListedParameter[];
  readonly texts: SiteValueTexts;
  readonly onChange: (texts: SiteValueTexts) => void;
}

/** What a site chooses for a policy, one field each; a field that is left blank keeps the content's default. */
export function SiteValues({ parameters, texts, onChange }: SiteValuesProps) {
  if (parameters.length === 0) return null;
  const set = parameters.filter(({ id }) => (texts[id]?.trim() ?? "") !== "").length;
  return (
    <details className="mt-4">
      <summary className="cursor-pointer font-medium">Site values ({set} set)</summary>
      {parameters.map((parameter) => (
        <SiteValue
          key={parameter.id}
          parameter={parameter}
          text={texts[parameter.id] ?? ""}
          onChange={(text) => onChange({ ...texts, [parameter.id]: text })}
        />
      ))}
    </details>
  );
}

interface SiteValueProps {
  readonly parameter: ListedParameter;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

function SiteValue({ parameter, text, onChange }: SiteValueProps) {
  const { title, description, type, default: byDefault, choices = [] } = parameter;
  if (type === "enum") {
    return (
      <SelectField label={title} hint={description} value={text} onChange={({ target }) => onChange(target.value)}>
        <option value="">{textOf(byDefault)} (default)</option>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </SelectField>
    );
  }
  const more = type === "list" ? "Separate them with commas." : boundsOf(parameter);
  return (
    <TextField
      label={title}
      hint={`${description} ${more}`.trim()}
      {...(type === "number" ? { type: "number", step: "any" } : {})}
      placeholder={textOf(byDefault) || "none"}
      value={text}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}
