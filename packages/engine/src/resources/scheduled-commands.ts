import type { Host } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";
import { parseIniFile } from "./ini-file.ts";
import { readEnablement } from "./unit-enablement.ts";
import { findUnitFile, unitDirectories } from "./unit-files.ts";

/** A command that something starts again and again. */
export interface ScheduledCommand {
  /** e.g. "0 5 * * *", "@daily", "daily", "dailyaidecheck.timer". */
  readonly schedule: string;
  readonly command: string;
  /** e.g. "/etc/crontab:12". */
  readonly source: string;
}

/**
 * Commands of crontabs, of the scripts that run-parts starts, of anacron, and of enabled systemd timers. Once per host.
 * @see crontab(5), cron(8), run-parts(8), anacrontab(5), systemd.timer(5)
 *
 * @throws UnreadableError
 */
export function readScheduledCommands(host: Host): Promise<readonly ScheduledCommand[]> {
  return derivedOnce(host, "scheduled commands", async () =>
    (
      await Promise.all([
        readSystemCrontabs(host),
        readUserCrontabs(host),
        readScripts(host),
        readAnacron(host),
        readTimers(host),
      ])
    ).flat(),
  );
}

/** Names that cron and run-parts take: a dot keeps a package's leftovers out. */
const plainName = /^[A-Za-z0-9_-]+$/;

async function readSystemCrontabs(host: Host): Promise<ScheduledCommand[]> {
  const names = ((await host.list("/etc/cron.d")) ?? []).filter((name) => plainName.test(name));
  const paths = ["/etc/crontab", ...names.map((name) => `/etc/cron.d/${name}`)];
  return (await Promise.all(paths.map((path) => readCrontab(host, path, true)))).flat();
}

async function readUserCrontabs(host: Host): Promise<ScheduledCommand[]> {
  const commands: ScheduledCommand[] = [];
  for (const directory of ["/var/spool/cron/crontabs", "/var/spool/cron"]) {
    for (const name of (await host.list(directory)) ?? []) {
      const path = `${directory}/${name}`;
      if ((await host.stat(path))?.type === "file") commands.push(...(await readCrontab(host, path, false)));
    }
  }
  return commands;
}

async function readCrontab(host: Host, path: string, hasUser: boolean): Promise<ScheduledCommand[]> {
  const line = hasUser
    ? /^(@\w+|\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+\S+\s+(.+)$/
    : /^(@\w+|\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.+)$/;
  return commandsOf(path, await host.readText(path), (text) => {
    if (/^[A-Za-z_]\w*\s*=/.test(text)) return null;
    const [, schedule = "", command = ""] = line.exec(text) ?? [];
    return schedule === "" ? null : { schedule: schedule.replaceAll(/\s+/g, " "), command };
  });
}

/** `period delay identifier command`. */
async function readAnacron(host: Host): Promise<ScheduledCommand[]> {
  const path = "/etc/anacrontab";
  return commandsOf(path, await host.readText(path), (text) => {
    const [, schedule = "", command = ""] = /^(@?\w+)\s+\d+\s+\S+\s+(.+)$/.exec(text) ?? [];
    return schedule === "" ? null : { schedule, command };
  });
}

/** Each line of a script counts as a command. */
async function readScripts(host: Host): Promise<ScheduledCommand[]> {
  const commands: ScheduledCommand[] = [];
  for (const schedule of ["hourly", "daily", "weekly", "monthly"]) {
    const directory = `/etc/cron.${schedule}`;
    for (const name of (await host.list(directory)) ?? []) {
      const path = `${directory}/${name}`;
      const stat = plainName.test(name) ? await host.stat(path) : null;
      if (stat?.type !== "file" || (stat.mode & 0o111) === 0) continue;
      commands.push(...commandsOf(path, await host.readText(path), (command) => ({ schedule, command })));
    }
  }
  return commands;
}

function commandsOf(
  path: string,
  text: string | null,
  parse: (line: string) => Omit<ScheduledCommand, "source"> | null,
): ScheduledCommand[] {
  return (text ?? "").split("\n").flatMap((raw, index) => {
    const line = raw.trim();
    const parsed = line === "" || line.startsWith("#") ? null : parse(line.slice(0, 10_000));
    return parsed === null ? [] : [{ ...parsed, source: `${path}:${index + 1}` }];
  });
}

/** What the services of enabled timers start. */
async function readTimers(host: Host): Promise<ScheduledCommand[]> {
  const names = new Set<string>();
  for (const directory of unitDirectories) {
    for (const name of (await host.list(directory)) ?? [])
      if (name.endsWith(".timer") && !name.includes("@.")) names.add(name);
  }
  const commands: ScheduledCommand[] = [];
  for (const timer of [...names].sort()) {
    if ((await readEnablement(host, timer)).enablement !== "enabled") continue;
    const file = await findUnitFile(host, timer);
    if (file?.found !== "file") continue;
    const named = parseIniFile(file.path, file.text, true).findLast(
      ({ section, key }) => section === "Timer" && key === "Unit",
    );
    const service = await findUnitFile(host, named?.value ?? timer.replace(/\.timer$/, ".service"));
    if (service?.found !== "file") continue;
    for (const { section, key, value, source } of parseIniFile(service.path, service.text, true)) {
      if (section === "Service" && /^ExecStart(?:Pre|Post)?$/.test(key) && value !== "")
        commands.push({ schedule: timer, command: value, source });
    }
  }
  return commands;
}
