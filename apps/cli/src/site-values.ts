import type { Pack } from "@holdfast/content/pack";
import { type Parameter, type ParameterValues, parameterProblem } from "@holdfast/content/parameter";
import type { Json } from "@holdfast/contracts/json";
import { Option } from "commander";
import { CommandError, exitCode } from "./exit.ts";

/** `--set NAME=VALUE`, which may be repeated; its texts are for readSiteValues. */
export function siteValueOption(): Option {
  return new Option(
    "--set <name=value>",
    "a value that your site chooses, e.g. ntp-servers=a.example,b.example; repeat for more",
  )
    .argParser<readonly string[]>((text, before) => [...before, text])
    .default([]);
}

/**
 * Values that a site chooses, from texts such as "ntp-servers=a,b"; the last of one name counts.
 *
 * @throws CommandError naming what is wrong and what there is.
 */
export function readSiteValues(
  { parameters = [] }: Pick<Pack, "parameters">,
  texts: readonly string[],
): ParameterValues {
  const known = new Map(parameters.map((parameter) => [parameter.id, parameter]));
  return new Map(
    texts.map((text): [string, Json] => {
      const [id = "", ...rest] = text.split("=");
      const parameter = known.get(id);
      if (parameter === undefined || rest.length === 0) {
        const names = [...known.keys()].join(", ");
        throw new CommandError(`--set ${text}: write NAME=VALUE, where NAME is one of ${names}.`, exitCode.usage);
      }
      const value = siteValueOf(parameter, rest.join("="));
      const problem = parameterProblem(parameter, value);
      if (problem !== null) throw new CommandError(`--set ${text}: ${id} ${problem}.`, exitCode.usage);
      return [id, value];
    }),
  );
}

/** What a text stands for; a text where a number is wanted stays one, and is refused. */
function siteValueOf({ type }: Parameter, text: string): Json {
  if (type === "list") {
    const items = text.split(",").map((item) => item.trim());
    return items.filter((item) => item !== "");
  }
  return type === "number" && text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}
