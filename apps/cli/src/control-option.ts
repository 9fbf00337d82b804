import { type ControlQuery, controlHelp, parseControl } from "@holdfast/content/controls";
import type { Pack } from "@holdfast/content/pack";
import { CommandError, exitCode } from "./exit.ts";

/** The control that "nist:AC-17" names. @throws CommandError that says how to write one. */
export function requireControl(pack: Pack, text: string): ControlQuery {
  const query = parseControl(pack, text);
  if (query === null) throw new CommandError(`--control ${text}: ${controlHelp(pack)}`, exitCode.usage);
  return query;
}
