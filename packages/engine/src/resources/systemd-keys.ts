/** How systemd reads a key of one of its configuration files, and what it does when nobody sets it. */
export interface SystemdKey {
  /**
   * `boolean`: see parseSystemdBoolean. `compress`: a boolean, or a size from which on to compress. `list`: assignments
   * add up, an empty one clears. An array: the words allowed. `text`: anything.
   */
  readonly type: "boolean" | "compress" | "list" | "text" | readonly string[];
  /** Null when it is worked out at run time or chosen when systemd is built. */
  readonly byDefault: string | null;
}

const boolean = (byDefault: string | null): SystemdKey => ({ type: "boolean", byDefault });
const text = (byDefault: string | null): SystemdKey => ({ type: "text", byDefault });
const list: SystemdKey = { type: "list", byDefault: null };

const levels = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];
const level = (byDefault: string): SystemdKey => ({
  type: [...levels, ...levels.map((_, index) => String(index))],
  byDefault,
});

/** By `file:Section:Key`. Sources: journald.conf(5), timesyncd.conf(5), coredump.conf(5). */
export const systemdKeys: ReadonlyMap<string, SystemdKey> = new Map([
  ["journald.conf:Journal:Storage", { type: ["volatile", "persistent", "auto", "none"], byDefault: "auto" }],
  ["journald.conf:Journal:Compress", { type: "compress", byDefault: "yes" }],
  ["journald.conf:Journal:Seal", boolean("yes")],
  ["journald.conf:Journal:SplitMode", { type: ["uid", "none"], byDefault: "uid" }],
  ["journald.conf:Journal:SyncIntervalSec", text("5m")],
  ["journald.conf:Journal:RateLimitIntervalSec", text("30s")],
  ["journald.conf:Journal:RateLimitBurst", text("10000")],
  ["journald.conf:Journal:SystemMaxFiles", text("100")],
  ["journald.conf:Journal:RuntimeMaxFiles", text("100")],
  ["journald.conf:Journal:MaxRetentionSec", text("0")],
  ["journald.conf:Journal:MaxFileSec", text("1month")],
  // Off in systemd itself; Debian and what is made of it build it in as on. See shippedDefault.
  ["journald.conf:Journal:ForwardToSyslog", boolean("no")],
  ["journald.conf:Journal:ForwardToKMsg", boolean("no")],
  ["journald.conf:Journal:ForwardToConsole", boolean("no")],
  ["journald.conf:Journal:ForwardToWall", boolean("yes")],
  ["journald.conf:Journal:TTYPath", text("/dev/console")],
  ["journald.conf:Journal:MaxLevelStore", level("debug")],
  ["journald.conf:Journal:MaxLevelSyslog", level("debug")],
  ["journald.conf:Journal:MaxLevelKMsg", level("notice")],
  ["journald.conf:Journal:MaxLevelConsole", level("info")],
  ["journald.conf:Journal:MaxLevelWall", level("emerg")],
  ["journald.conf:Journal:LineMax", text("48K")],
  ["journald.conf:Journal:ReadKMsg", boolean("yes")],
  ["journald.conf:Journal:Audit", boolean("yes")],
  ["timesyncd.conf:Time:NTP", list],
  ["timesyncd.conf:Time:FallbackNTP", list],
  ["timesyncd.conf:Time:RootDistanceMaxSec", text("5s")],
  ["timesyncd.conf:Time:PollIntervalMinSec", text("32s")],
  ["timesyncd.conf:Time:PollIntervalMaxSec", text("34min 8s")],
  ["timesyncd.conf:Time:ConnectionRetrySec", text("30s")],
  ["timesyncd.conf:Time:SaveIntervalSec", text("60s")],
  ["coredump.conf:Coredump:Storage", { type: ["none", "external", "journal"], byDefault: "external" }],
  ["coredump.conf:Coredump:Compress", boolean("yes")],
  ["coredump.conf:Coredump:ProcessSizeMax", text(null)],
  ["coredump.conf:Coredump:ExternalSizeMax", text(null)],
  ["coredump.conf:Coredump:JournalSizeMax", text("767M")],
  ["coredump.conf:Coredump:EnterNamespace", boolean("no")],
]);

/** A value as systemd understands it; null when it ignores the assignment because it does not understand it. */
export function normaliseSystemdValue(key: SystemdKey | undefined, value: string): string | null {
  const type = key?.type ?? "text";
  if (type === "boolean") return parseSystemdBoolean(value);
  if (type === "compress")
    return parseSystemdBoolean(value) ?? (/^\d+(\.\d+)?\s*[BKMGTPE]?$/.test(value) ? "yes" : null);
  if (type === "text" || type === "list") return value;
  return type.includes(value) ? value : null;
}

/** @see systemd.syntax(7): 1, yes, true, on and their opposites; also y, t, n, f. Case does not matter. */
function parseSystemdBoolean(value: string): "yes" | "no" | null {
  const word = value.toLowerCase();
  if (["1", "yes", "y", "true", "t", "on"].includes(word)) return "yes";
  return ["0", "no", "n", "false", "f", "off"].includes(word) ? "no" : null;
}
