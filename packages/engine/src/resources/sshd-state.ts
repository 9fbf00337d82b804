import { type Host, UnreadableError } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";
import { builtInDefault } from "./single-value.ts";
import { readSshdConfig, type SshdItem, type SshdSetting, settingsOf, sshdConfigPath, winsIn } from "./sshd-config.ts";
import { compareReleases, defaultInRelease, type SshdKeyword, sshdKeywords } from "./sshd-keywords.ts";
import { readSshdTestMode } from "./sshd-test-mode.ts";
import { refusedValue, sshdValue } from "./sshd-value.ts";

/** What one keyword of the SSH daemon comes to. */
export interface SshdSettingState {
  /** As `sshd -T` prints it; several lines of one keyword joined by a space; null when it prints none. */
  readonly value: string | null;
  /** `sshd -T (/etc/ssh/sshd_config:12)`, `sshd -T`, `/etc/ssh/sshd_config:12` or "built-in default". */
  readonly source: string;
  /** Set when sshd refuses this value, whether it would count or not, and so does not start. */
  readonly refused?: true;
  /** What Match blocks set instead for the connections they name. */
  readonly matchOverrides: readonly SshdOverride[];
  /** For keywords that name a file, when the value does: whether it is there. */
  readonly fileExists?: boolean;
  /** Our own drop-in's text; null when absent. */
  readonly dropIn: string | null;
  /** Whether our drop-in is, or would be, read, and its value used over all others. */
  readonly includesDropIns: boolean;
}

export interface SshdOverride {
  readonly match: string;
  readonly value: string;
  readonly source: string;
  readonly refused?: true;
  readonly fileExists?: boolean;
}

export const testModeSource = "sshd -T";

/** First in the order of the directory: in sshd_config(5) the first value wins. */
export function sshdDropInPath(key: string): string {
  return `/etc/ssh/sshd_config.d/00-holdfast-${key}.conf`;
}

/**
 * Where sshd rejects its configuration for a value that can be told from the files, these are judged; the keyword at
 * fault is `refused`.
 *
 * @throws UnreadableError also when sshd rejects its configuration for any other reason.
 */
export async function readSshdSetting(host: Host, key: string): Promise<SshdSettingState> {
  const { running, rejection } = await tryTestMode(host);
  const items = await readSshdConfig(host);
  if (items === null && running === null)
    throw rejection ?? new UnreadableError("no_tool", `sshd is not installed: there is no ${sshdConfigPath}`);
  const keyword = sshdKeywords.get(key);
  const { global, matched } = settingsOf(items ?? [], key);
  const refused = running === null ? refusedValue(keyword, [...global, ...matched.flat()]) : null;
  if (rejection !== null && !hasRefusedValue(items ?? [])) throw rejection;
  const own =
    refused ?? (running === null ? await ownValue(host, keyword, global) : testModeValue(running, key, global));
  const overrides = matched.map((settings) => overrideOf(keyword, settings));
  return {
    ...own,
    ...(await existence(host, keyword, own.value)),
    matchOverrides: await Promise.all(
      overrides.map(async (override) => ({ ...override, ...(await existence(host, keyword, override.value)) })),
    ),
    dropIn: await host.readText(sshdDropInPath(key)),
    includesDropIns: winsIn(items ?? [], sshdDropInPath(key), key),
  };
}

/** What `sshd -T` prints, if it can run; or why it does not accept its configuration. */
async function tryTestMode(host: Host): Promise<{
  readonly running: Awaited<ReturnType<typeof readSshdTestMode>>;
  readonly rejection: UnreadableError | null;
}> {
  try {
    return { running: host.live ? await readSshdTestMode(host) : null, rejection: null };
  } catch (error) {
    if (!(error instanceof UnreadableError) || error.code !== "invalid") throw error;
    return { running: null, rejection: error };
  }
}

function hasRefusedValue(items: readonly SshdItem[]): boolean {
  return items.some((item) => item.type === "setting" && refusedValue(sshdKeywords.get(item.keyword), [item]) !== null);
}

type Own = Pick<SshdSettingState, "value" | "source" | "refused">;

function testModeValue(running: ReadonlyMap<string, string>, key: string, global: readonly SshdSetting[]): Own {
  const [first] = global;
  return {
    value: running.get(key) ?? null,
    source: first === undefined ? testModeSource : `${testModeSource} (${first.source})`,
  };
}

async function ownValue(host: Host, keyword: SshdKeyword | undefined, global: readonly SshdSetting[]): Promise<Own> {
  const byDefault = keyword === undefined ? null : defaultInRelease(keyword, await readRelease(host));
  const [first, ...others] = global;
  if (first === undefined) return { value: byDefault, source: builtInDefault };
  return sshdValue(keyword, [first, ...others], byDefault);
}

function overrideOf(keyword: SshdKeyword | undefined, settings: readonly SshdSetting[]): SshdOverride {
  const [first, ...others] = settings;
  if (first?.match == null) throw new TypeError("a Match block's settings are never empty");
  return { match: first.match.conditions, ...sshdValue(keyword, [first, ...others], null) };
}

const filesByKeyword = new Set([
  "Banner",
  "ChrootDirectory",
  "ModuliFile",
  "RevokedKeys",
  "TrustedUserCAKeys",
  "XAuthLocation",
]);

async function existence(
  host: Host,
  keyword: SshdKeyword | undefined,
  value: string | null,
): Promise<{ fileExists?: boolean }> {
  if (!filesByKeyword.has(keyword?.name ?? "") || value === null || !value.startsWith("/")) return {};
  return { fileExists: (await host.stat(value)) !== null };
}

/**
 * The release installed, e.g. "9.2", from the text the program carries to introduce itself: no package database has
 * to be understood for it. The oldest known when the program is not there. Older ones that it names are those whose
 * bugs it works around.
 */
function readRelease(host: Host): Promise<string> {
  return derivedOnce(host, "sshd release", async () => {
    const program = (await host.readText("/usr/sbin/sshd")) ?? "";
    const releases = [...program.matchAll(/OpenSSH_(\d{1,2}\.\d{1,2})p\d/g)].map(([, release = ""]) => release);
    return releases.sort(compareReleases).at(-1) ?? "8.7";
  });
}
