import { expandWhole } from "../glob.ts";
import { type Host, UnreadableError } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";
import { modeText } from "./mode-bits.ts";
import { parseRsyslog, type RsyslogStatement } from "./rsyslog-syntax.ts";

export interface RsyslogConfig {
  /** What is written to files, each with the mode that a new file gets. */
  readonly files: readonly { readonly path: string; readonly mode: string; readonly source: string }[];
  /** Where messages are sent. */
  readonly targets: readonly {
    readonly host: string;
    readonly protocol: "udp" | "tcp" | "relp";
    readonly source: string;
  }[];
  /** Modules that receive from the network, and inputs of theirs. */
  readonly receivers: readonly { readonly module: string; readonly source: string }[];
}

/** As rsyslogd has it without a setting. */
const defaultMode = "0644";
const maxDepth = 10;
const maxFiles = 500;

/**
 * What rsyslogd does by its configuration, includes followed where they stand. `$FileCreateMode` counts for the actions of
 * the old format after it, `fileCreateMode` for its own action, that of module builtin:omfile for other new actions.
 * Once per host. @see rsyslog.conf(5), and "omfile" in rsyslog's manual
 *
 * @throws UnreadableError
 */
export function readRsyslogConfig(host: Host): Promise<RsyslogConfig> {
  return derivedOnce(host, "rsyslog config", async () => {
    const reading = new RsyslogReading(host);
    await reading.readFile("/etc/rsyslog.conf", 0);
    const { files, targets, receivers } = reading;
    return { files, targets, receivers };
  });
}

class RsyslogReading {
  readonly files: RsyslogConfig["files"][number][] = [];
  readonly targets: RsyslogConfig["targets"][number][] = [];
  readonly receivers: RsyslogConfig["receivers"][number][] = [];
  readonly #host: Host;
  #legacyMode = defaultMode;
  #moduleMode = defaultMode;
  #filesRead = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  async readFile(path: string, depth: number): Promise<void> {
    this.#filesRead += 1;
    if (depth > maxDepth || this.#filesRead > maxFiles)
      throw new UnreadableError("too_large", "/etc/rsyslog.conf: too many nested includes");
    for (const statement of parseRsyslog((await this.#host.readText(path)) ?? "")) {
      const source = `${path}:${statement.line}`;
      const pattern = includedBy(statement);
      if (pattern !== null)
        for (const included of await this.#expand(pattern)) await this.readFile(included, depth + 1);
      else if ("directive" in statement) this.#directive(statement.directive, statement.value, source);
      else if ("legacyAction" in statement) this.#legacyAction(statement.legacyAction, source);
      else this.#object(statement.object, statement.parameters, source);
    }
  }

  /** A directory means all files in it. */
  async #expand(pattern: string): Promise<readonly string[]> {
    const isDirectory = (await this.#host.stat(pattern))?.type === "directory";
    const paths = await expandWhole(this.#host, isDirectory ? `${pattern.replace(/\/$/, "")}/*` : pattern);
    const types = await Promise.all(paths.map(async (path) => (await this.#host.stat(path))?.type));
    return paths.filter((_, index) => types[index] === "file");
  }

  #directive(name: string, value: string, source: string): void {
    if (name === "filecreatemode") this.#legacyMode = modeOf(value) ?? this.#legacyMode;
    if (name === "modload") this.#receiver(value, source);
    const server = { inputtcpserverrun: "imtcp", udpserverrun: "imudp", inputrelpserverrun: "imrelp" }[name];
    if (server !== undefined) this.receivers.push({ module: server, source });
  }

  #legacyAction(action: string, source: string): void {
    const path = /^-?(\/.*)$/.exec(action)?.[1] ?? /^(\?\w+|:omfile:.+)$/.exec(action)?.[1];
    if (path !== undefined && !path.startsWith("/dev/")) this.files.push({ path, mode: this.#legacyMode, source });
    const [, at = "", target = ""] = /^(@@?)(?:\([^)]*\))?(\[[^\]]+\]|[^\s:;]+)/.exec(action) ?? [];
    if (target !== "") this.targets.push({ host: target, protocol: at === "@@" ? "tcp" : "udp", source });
    const relay = /^:omrelp:(\[[^\]]+\]|[^:;\s]+)/.exec(action)?.[1];
    if (relay !== undefined) this.targets.push({ host: relay, protocol: "relp", source });
  }

  #object(object: string, parameters: ReadonlyMap<string, string>, source: string): void {
    const type = (parameters.get("type") ?? parameters.get("load") ?? "").toLowerCase();
    if (object === "module" && type === "builtin:omfile")
      this.#moduleMode = modeOf(parameters.get("filecreatemode")) ?? this.#moduleMode;
    if (object === "module" || object === "input") this.#receiver(type, source);
    if (object !== "action") return;
    const target = parameters.get("target");
    if (type === "omfile") {
      const path = parameters.get("file") ?? `?${parameters.get("dynafile") ?? ""}`;
      const mode = modeOf(parameters.get("filecreatemode")) ?? this.#moduleMode;
      if (!path.startsWith("/dev/")) this.files.push({ path, mode, source });
    } else if (type === "omfwd" && target !== undefined && target !== "") {
      const protocol = parameters.get("protocol")?.toLowerCase() === "tcp" ? "tcp" : "udp";
      this.targets.push({ host: target, protocol, source });
    } else if (type === "omrelp" && target !== undefined && target !== "")
      this.targets.push({ host: target, protocol: "relp", source });
  }

  #receiver(name: string, source: string): void {
    const module = /(?:^|\/)(imtcp|imudp|imrelp|imptcp|imgssapi)(?:\.so)?$/.exec(name.trim().toLowerCase())?.[1];
    if (module !== undefined) this.receivers.push({ module, source });
  }
}

function includedBy(statement: RsyslogStatement): string | null {
  if ("directive" in statement) return statement.directive === "includeconfig" ? statement.value : null;
  return "object" in statement && statement.object === "include" ? (statement.parameters.get("file") ?? null) : null;
}

/** Null for what is no octal number. */
function modeOf(text: string | undefined): string | null {
  return text !== undefined && /^[0-7]{3,5}$/.test(text) ? modeText(Number.parseInt(text, 8)) : null;
}
