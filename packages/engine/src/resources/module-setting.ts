import { type Static, Type } from "typebox";
import { describe, meets } from "../comparison.ts";
import type { Host } from "../host.ts";
import type { Judgement } from "../resource.ts";
import { type ExplicitComparison, isMerelyDefault } from "./explicit-comparison.ts";
import { type PamLine, readPamStack } from "./pam-stack.ts";

/** A setting of a PAM module that has a configuration file of its own. */
export interface ModuleSetting {
  /** "" for a flag that is on; null when it is not set and has no default. */
  readonly value: string | null;
  /** File and line, "built-in default", or null when it is not set. */
  readonly source: string | null;
  /** Whether the module is in the stack at all: without it, its file says nothing. */
  readonly active: boolean;
}

export const SettingTarget = Type.Object(
  { key: Type.String({ pattern: "^[a-z][a-z0-9_]*$" }) },
  { additionalProperties: false },
);
export type SettingTarget = Static<typeof SettingTarget>;

/** One `key = value` line, or a flag; of a file, or of a module's arguments. */
export interface SettingLine {
  readonly key: string;
  readonly value: string;
  readonly source: string;
}

/** The lines of a file as pwquality.conf(5) and faillock.conf(5) have it: `#` comments anywhere, "=" may be left out. */
export function parseSettingLines(text: string, path: string): SettingLine[] {
  return text.split("\n").flatMap((physical, index) => {
    const line = physical.replace(/#.*/, "").trim();
    const [, key = "", value = ""] = /^([^\s=]+)(?:\s*=)?\s*(.*)$/.exec(line) ?? [];
    return key === "" ? [] : [{ key, value, source: `${path}:${index + 1}` }];
  });
}

/** A module's arguments as settings. */
export function argumentSettings(line: PamLine): SettingLine[] {
  return line.arguments.map((argument) => {
    const at = argument.indexOf("=");
    const [key, value] = at < 0 ? [argument, ""] : [argument.slice(0, at), argument.slice(at + 1)];
    return { key, value, source: line.source };
  });
}

/** The first of several services that exists, as its stack; empty when none does. @throws UnreadableError */
export async function firstPamStack(host: Host, services: readonly string[]): Promise<readonly PamLine[]> {
  for (const service of services) {
    const lines = await readPamStack(host, service);
    if (lines !== null) return lines;
  }
  return [];
}

/** @param inactive why a setting counts for nothing when the module is not in use. */
export function judgeModuleSetting(
  key: string,
  { value, source, active }: ModuleSetting,
  desired: ExplicitComparison,
  inactive: string,
): Judgement {
  const expected = `${key} ${describe(desired)}`;
  if (!active) return { verdict: "fail", expected, actual: inactive, source };
  if (isMerelyDefault(source, desired))
    return { verdict: "fail", expected, actual: `${key} is not set; ${value} is the default`, source };
  return {
    verdict: meets(value, desired) ? "pass" : "fail",
    expected,
    actual: value === null ? `${key} is not set` : value === "" ? `${key} is set` : `${key} is ${value}`,
    source,
  };
}
