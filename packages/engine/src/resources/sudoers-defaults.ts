import type { SudoersLine } from "./sudoers-files.ts";

/** One setting of a Defaults line. */
export interface SudoersDefault {
  readonly option: string;
  /** `on` or `off` for a flag; the text without quotes; null for a text that is switched off with "!". */
  readonly value: string | null;
  /** For whom, on what, as whom or for which command, as written, e.g. `:bob`; null: always. */
  readonly scope: string | null;
  readonly source: string;
}

/** Options that take a text; all others are flags or numbers. @see sudoers(5), "Strings" and "Lists" */
const textOptions = new Set(
  [
    "admin_flag apparmor_profile askpass authfail_message badpass_message cmddenial_message env_file exempt_group",
    "fdexec group_plugin iolog_dir iolog_file iolog_group iolog_mode iolog_user lecture lecture_file lecture_status_dir",
    "limitprivs listpw log_format log_server_cabundle log_server_peer_cert log_server_peer_key log_servers logfile",
    "mailerflags mailerpath mailfrom mailsub mailto noexec_file pam_askpass_service pam_login_service pam_service passprompt",
    "privs restricted_env_file rlimit_as rlimit_core rlimit_cpu rlimit_data rlimit_fsize rlimit_locks rlimit_memlock",
    "rlimit_nofile rlimit_nproc rlimit_rss rlimit_stack role runas_default runchroot runcwd secure_path sudoers_locale",
    "syslog syslog_badpri syslog_goodpri timestamp_type timestampdir timestampowner type user_command_timeout verifypw",
    "env_check env_delete env_keep",
  ].flatMap((names) => names.split(" ")),
);

/** Options that take a number; "!" sets it to 0. @see sudoers(5), "Integers" */
const numberOptions = new Set(
  [
    "closefrom command_timeout log_server_timeout loglinelen maxseq passwd_timeout passwd_tries syslog_maxlen",
    "timestamp_timeout umask",
  ].flatMap((names) => names.split(" ")),
);

const name = `(?:"[^"]*"|\\\\.|[^\\s\\\\",])+`;
const defaultsLine = new RegExp(`^Defaults(?:([:@>!])\\s*(${name}(?:\\s*,\\s*${name})*))?(?:\\s+(.*))?$`, "s");

/**
 * The settings of a line, in order; empty when it is no Defaults line. A setting that sudo would pass over, such as a
 * flag with a value or a text without one, is left out. @see sudoers(5), "Defaults"
 */
export function parseDefaults({ text, source }: SudoersLine): SudoersDefault[] {
  // The sign of a scope stands right behind the word: after a blank, "!" switches a flag off.
  const parts = defaultsLine.exec(text);
  if (parts === null) return [];
  const [, sign, names = "", settings = ""] = parts;
  const scope = sign === undefined ? null : `${sign}${withoutBlanks(names)}`;
  return splitAtCommas(settings).flatMap((setting) => {
    const parsed = parseSetting(setting);
    return parsed === null ? [] : [{ ...parsed, scope, source }];
  });
}

function parseSetting(text: string): Pick<SudoersDefault, "option" | "value"> | null {
  const parts = /^((?:!\s*)*)([A-Za-z][A-Za-z0-9_]*)\s*(?:([+-]?=)\s*(.*))?$/s.exec(text);
  if (parts === null) return null;
  const [, bangs = "", option = "", operator, rawValue = ""] = parts;
  const isNegated = bangs.replaceAll(/\s/g, "").length % 2 === 1;
  const takesValue = textOptions.has(option) || numberOptions.has(option);
  if (operator === undefined) {
    if (!takesValue) return { option, value: isNegated ? "off" : "on" };
    if (isNegated) return { option, value: numberOptions.has(option) ? "0" : null };
    // These few texts have a meaning of their own without a value.
    return ["lecture", "syslog"].includes(option) ? { option, value: "on" } : null;
  }
  return isNegated || !takesValue ? null : { option, value: unquote(rawValue.trim()) };
}

function withoutBlanks(names: string): string {
  return names
    .split(",")
    .map((part) => part.trim())
    .join(",");
}

function splitAtCommas(text: string): string[] {
  return [...text.matchAll(/(?:"(?:\\.|[^"\\])*"|\\.|[^,\\"]|"|\\$)+/gs)].map(([part]) => part.trim());
}

function unquote(value: string): string {
  const quoted = /^"((?:\\.|[^"\\])*)"$/s.exec(value)?.[1] ?? value;
  return quoted.replaceAll(/\\(.)/gs, "$1");
}
