import { componentMatcher } from "../glob.ts";
import type { SshdSetting } from "./sshd-config.ts";
import type { SshdKeyword, SshdValueType } from "./sshd-keywords.ts";
import { isSshdWord } from "./sshd-words.ts";

/** A value as `sshd -T` prints it. */
export interface SshdValue {
  readonly value: string;
  /** File and line. */
  readonly source: string;
  /** Set when sshd refuses the value, and with it the whole configuration. */
  readonly refused?: true;
}

const synonyms: ReadonlyMap<string, string> = new Map([
  ["permitrootlogin prohibit-password", "without-password"],
  ["allowtcpforwarding all", "yes"],
  ["allowstreamlocalforwarding all", "yes"],
  ["compression delayed", "yes"],
]);

/**
 * The value that settings of one keyword and one scope give: of the first, or of all for those that add up.
 * @param byDefault what an algorithm list that begins with "+", "-" or "^" changes.
 */
export function sshdValue(
  keyword: SshdKeyword | undefined,
  settings: readonly [SshdSetting, ...SshdSetting[]],
  byDefault: string | null,
): SshdValue {
  const [first] = settings;
  const empty = settings.find(({ args }) => args.length === 0);
  if (empty !== undefined) return { value: empty.rest, source: empty.source, refused: true };
  if (keyword?.type === "every")
    return { value: settings.flatMap((setting) => setting.args).join(" "), source: first.source };
  const value = format(keyword?.type ?? "first", first, byDefault);
  return value === null
    ? { value: first.args.join(" "), source: first.source, refused: true }
    : { value, source: first.source };
}

/** The first of a keyword's settings that sshd refuses, whichever of them counts; null when it takes them all. */
export function refusedValue(keyword: SshdKeyword | undefined, settings: readonly SshdSetting[]): SshdValue | null {
  const values = settings.map((setting) => sshdValue(keyword, [setting], null));
  return values.find(({ refused }) => refused) ?? null;
}

/** Null when sshd would refuse the value. */
function format(
  type: Exclude<SshdValueType, "every">,
  { keyword, args, rest }: SshdSetting,
  byDefault: string | null,
): string | null {
  const word = args[0] ?? "";
  const lower = word.toLowerCase();
  switch (type) {
    case "flag":
      return lower === "yes" || lower === "no" ? lower : null;
    case "word":
      return isSshdWord(keyword, lower) ? (synonyms.get(`${keyword} ${lower}`) ?? lower) : null;
    case "upper":
      return isSshdWord(keyword, lower) ? word.toUpperCase() : null;
    case "number":
      return /^\d+$/.test(word) ? String(Number(word)) : null;
    case "seconds":
      return lower === "none" ? lower : secondsOf(word);
    case "startups":
      // A lone number is where refusing begins; the full stop stays at its default or there, whichever sshd has.
      return /^\d+$/.test(word) ? `${word}:30:${word}` : /^\d+:\d+:\d+$/.test(word) ? word : null;
    case "algorithms":
      return hasKnownAlgorithms(keyword, word) ? algorithmList(word, byDefault) : null;
    case "path":
    case "text":
      return lower === "none" ? "none" : word;
    case "line":
      return rest.toLowerCase() === "none" ? "none" : rest;
    case "rekey":
      return rekeyLimit(args);
    case "first":
      return args.join(" ");
  }
}

const secondsPerUnit: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** @see sshd_config(5), "TIME FORMATS": 600, 10m, 1h30m. */
function secondsOf(text: string): string | null {
  if (!/^(?:\d+[smhdw])*\d+[smhdw]?$|^(?:\d+[smhdw])+$/i.test(text)) return null;
  let seconds = 0;
  for (const [, count, unit = ""] of text.matchAll(/(\d+)([smhdw]?)/gi))
    seconds += Number(count) * (secondsPerUnit[unit.toLowerCase()] ?? 0);
  return String(seconds);
}

/** Bytes and seconds, zero for the default. */
function rekeyLimit([size = "", time = "none"]: readonly string[]): string | null {
  const parts = /^(\d+)([kmg]?)$/i.exec(size);
  const power = ["", "k", "m", "g"].indexOf(parts?.[2]?.toLowerCase() ?? "");
  const bytes = size.toLowerCase() === "default" ? 0 : parts === null ? null : Number(parts[1]) * 1024 ** power;
  const seconds = time.toLowerCase() === "none" ? "0" : secondsOf(time);
  return bytes === null || seconds === null ? null : `${bytes} ${seconds}`;
}

/** @see sshd_config(5), "Ciphers": "+" adds to the default, "-" takes what its patterns match from it, "^" puts in front. */
function algorithmList(text: string, byDefault: string | null): string {
  const names = text.replace(/^[+^-]/, "").split(",");
  const defaults = byDefault?.split(",") ?? [];
  if (text.startsWith("+")) return unique([...defaults, ...names]);
  if (text.startsWith("^")) return unique([...names, ...defaults]);
  if (!text.startsWith("-")) return unique(names);
  const matchers = names.map(componentMatcher);
  return unique(defaults.filter((name) => !matchers.some((matches) => matches(name))));
}

/** Names behind "-" are patterns, and may match nothing. */
function hasKnownAlgorithms(keyword: string, text: string): boolean {
  const names = text.replace(/^[+^]/, "").split(",");
  return text.startsWith("-") || names.every((name) => isSshdWord(keyword, name));
}

function unique(names: readonly string[]): string {
  return [...new Set(names)].filter((name) => name !== "").join(",");
}
