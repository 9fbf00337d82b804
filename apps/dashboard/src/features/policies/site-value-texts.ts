import type { ListedParameter, ParameterSettings } from "@holdfast/contracts/wire";

/** What stands in the fields of a policy's values, by parameter id. Blank or not there: nothing is set. */
export type SiteValueTexts = Readonly<Record<string, string>>;

type Value = ParameterSettings[string];

export function textsOf(settings: ParameterSettings): SiteValueTexts {
  return Object.fromEntries(Object.entries(settings).map(([id, value]) => [id, textOf(value)]));
}

/** A list is written with commas. */
export function textOf(value: Value): string {
  return typeof value === "object" ? value.join(", ") : String(value);
}

/** The values that the texts stand for. What is not as the parameter wants it, the server refuses by name. */
export function settingsOf(parameters: readonly ListedParameter[], texts: SiteValueTexts): ParameterSettings {
  return Object.fromEntries(
    parameters.flatMap((parameter): [string, Value][] => {
      const text = texts[parameter.id]?.trim() ?? "";
      return text === "" ? [] : [[parameter.id, valueFrom(parameter, text)]];
    }),
  );
}

function valueFrom({ type }: ListedParameter, text: string): Value {
  if (type === "list") {
    const items = text.split(",").map((item) => item.trim());
    return items.filter((item) => item !== "");
  }
  return type === "number" && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** The bounds of a number, to be added to a description; "" without any. */
export function boundsOf({ min, max }: Pick<ListedParameter, "min" | "max">): string {
  if (min !== undefined && max !== undefined) return `${min} to ${max}.`;
  if (min !== undefined) return `At least ${min}.`;
  return max === undefined ? "" : `At most ${max}.`;
}
