import { type Static, Type } from "typebox";
import type { Host } from "../host.ts";
import type { Resource } from "../resource.ts";

/*
 * mail_agent: { loopback_only: true }
 *
 * Every mail agent that is set up here is told to listen on loopback only: Postfix by inet_interfaces, Exim by
 * local_interfaces or Debian's dc_local_interfaces, Sendmail by the address of its daemon ports.
 */
const Target = Type.Object({}, { additionalProperties: false });
const Desired = Type.Object({ loopback_only: Type.Literal(true) }, { additionalProperties: false });

interface MailAgent {
  readonly name: "postfix" | "exim" | "sendmail";
  /** What it is told to listen on, as written; "all" stands for a setting that is missing or empty. */
  readonly listens: readonly string[];
  readonly source: string;
}

interface MailAgentState {
  readonly agents: readonly MailAgent[];
}

/** The mail agents that are set up. @see postconf(5), update-exim4.conf(8) */
export const mailAgent: Resource<Static<typeof Target>, MailAgentState, Static<typeof Desired>> = {
  kind: "mail_agent",
  target: Target,
  desired: Desired,
  address: () => "mail_agent:local",
  async read(host) {
    const agents = await Promise.all([readPostfix(host), readExim(host), readSendmail(host)]);
    return { agents: agents.flat() };
  },
  judge({ agents }) {
    const open = agents.filter(({ listens }) => !listens.every(isLoopbackName));
    const shown = (open.length > 0 ? open : agents).map(
      ({ name, listens }) => `${name} listens on ${listens.join(", ")}`,
    );
    return {
      verdict: open.length === 0 ? "pass" : "fail",
      expected: "mail agents listen on loopback only",
      actual: agents.length === 0 ? "no mail agent is set up" : shown.join("; "),
      source: (open[0] ?? agents[0])?.source ?? null,
    };
  },
};

/** With or without the port that Exim takes after a dot. */
function isLoopbackName(text: string): boolean {
  const name = text.toLowerCase().replace(/^\[(.*)\](?::\d+)?$/, "$1");
  return /^(?:loopback-only|localhost|127(?:\.\d{1,3}){3}(?:\.\d+)?|::1(?:\.\d+)?|::ffff:127(?:\.\d{1,3}){3})$/.test(
    name,
  );
}

/** A line that begins with white space goes on with the one before; the last value of a name counts. */
async function readPostfix(host: Host): Promise<MailAgent[]> {
  const path = "/etc/postfix/main.cf";
  const text = await host.readText(path);
  if (text === null || !(await isAnyThere(host, ["/usr/sbin/postfix", "/usr/local/sbin/postfix"]))) return [];
  const settings: { line: number; value: string; isOurs: boolean }[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const last = settings.at(-1);
    if (/^\s*(?:#|$)/.test(line)) continue;
    if (/^\s/.test(line)) {
      if (last !== undefined) last.value += ` ${line.trim()}`;
      continue;
    }
    const value = /^inet_interfaces\s*=\s*(.*)$/.exec(line)?.[1];
    settings.push({ line: index + 1, value: value ?? "", isOurs: value !== undefined });
  }
  const found = settings.findLast(({ isOurs }) => isOurs);
  const source = found === undefined ? `${path}, built-in default` : `${path}:${found.line}`;
  return [{ name: "postfix", listens: namesIn(found?.value ?? "", /[\s,]+/), source }];
}

async function readExim(host: Host): Promise<MailAgent[]> {
  if (!(await isAnyThere(host, ["/usr/sbin/exim4", "/usr/sbin/exim"]))) return [];
  // A configuration of one's own takes the place of the one Debian's tool makes.
  for (const path of ["/etc/exim4/exim4.conf", "/etc/exim/exim.conf"]) {
    const text = await host.readText(path);
    if (text !== null) return [eximAgent(path, text, /^\s*local_interfaces\s*=\s*(.*)$/)];
  }
  const path = "/etc/exim4/update-exim4.conf.conf";
  const text = await host.readText(path);
  return text === null ? [] : [eximAgent(path, text, /^\s*dc_local_interfaces\s*=\s*(.*)$/)];
}

function eximAgent(path: string, text: string, setting: RegExp): MailAgent {
  const lines = text.split("\n").map((line) => setting.exec(line)?.[1]);
  const at = lines.findLastIndex((value) => value !== undefined);
  const value = (lines[at] ?? "").trim().replace(/^(["'])(.*)\1$/, "$2");
  // "<; 127.0.0.1 ; ::1" names its own separator, since IPv6 addresses are full of the usual one.
  const listens = namesIn(value.replace(/^<\s*;/, ""), value.includes(";") ? /\s*;\s*/ : /\s*:\s+|\s+/);
  return { name: "exim", listens, source: at < 0 ? `${path}, built-in default` : `${path}:${at + 1}` };
}

async function readSendmail(host: Host): Promise<MailAgent[]> {
  const path = "/etc/mail/sendmail.cf";
  const text = await host.readText(path);
  if (text === null) return [];
  const options = text.split("\n").flatMap((line, index) => {
    const value = /^O\s*DaemonPortOptions\s*=\s*(.*)$/i.exec(line)?.[1];
    return value === undefined
      ? []
      : [{ line: index + 1, address: /(?:^|[\s,])Addr(?:ess)?=([^\s,]+)/i.exec(value)?.[1] ?? "all" }];
  });
  const source = options[0] === undefined ? `${path}, built-in default` : `${path}:${options[0].line}`;
  return [
    { name: "sendmail", listens: options.length === 0 ? ["all"] : options.map(({ address }) => address), source },
  ];
}

async function isAnyThere(host: Host, paths: readonly string[]): Promise<boolean> {
  const stats = await Promise.all(paths.map((path) => host.stat(path)));
  return stats.some((stat) => stat !== null);
}

function namesIn(value: string, separator: RegExp): string[] {
  const names = value
    .trim()
    .split(separator)
    .filter((name) => name !== "");
  return names.length === 0 ? ["all"] : names;
}
