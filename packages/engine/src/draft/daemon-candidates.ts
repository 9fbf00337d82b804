import type { Json } from "@holdfast/contracts/json";
import { type Candidate, type Candidates, type Members, membersOf, textsOf, without } from "./candidate.ts";
import { widerModes } from "./modes.ts";

export const chronyCandidates: Candidates = ({ sources_min: min, sources_allowed: allowed, user }) => {
  const users = textsOf(user);
  const right = users[0] ?? "_chrony";
  const names = textsOf(allowed);
  const sources = (...hosts: string[]): Json =>
    hosts.map((name, index) => ({ directive: "server", name, source: `/etc/chrony/chrony.conf:${index + 3}` }));
  const state = (hosts: readonly string[], differences: Members = {}): Json => ({
    sources: sources(...hosts),
    user: { value: right, source: "built-in default" },
    running: [right],
    ...differences,
  });
  const wanted = typeof min === "number" ? min : 1;
  const some = Array.from(
    { length: wanted },
    (_, index) => names[index % names.length] ?? `time${index + 1}.example.org`,
  );
  if (users.length > 0)
    return [
      ...users.map((name) => ({
        name: `runs as ${name}`,
        state: state(some, { user: { value: name, source: "/etc/chrony/chrony.conf:2" }, running: [name] }),
      })),
      { name: "still runs as root", state: state(some, { running: ["root"] }), isHard: true },
      {
        name: "set to run as root",
        state: state(some, { user: { value: "root", source: "/etc/chrony/chrony.conf:2" } }),
      },
      { name: "right on an image", state: without(state(some), "running"), isHard: true },
    ];
  return [
    { name: `${wanted} given`, state: state(some) },
    { name: "one too few", state: state(some.slice(1)) },
    { name: "another server", state: state([...some, "time.example.net"]) },
    ...names.map((name) => ({ name: `from ${name}`, state: state(Array.from({ length: wanted }, () => name)) })),
    { name: "right on an image", state: without(state(some), "running") },
  ];
};

export const rsyslogCandidates: Candidates = ({
  file_mode_max: modeMax,
  forwards,
  hosts_allowed: allowed,
  receives,
}) => {
  const mode = typeof modeMax === "string" ? modeMax : "0640";
  const state = (differences: Members = {}): Json => ({
    files: [{ path: "/var/log/syslog", mode, source: "/etc/rsyslog.conf:40" }],
    targets: [],
    receivers: [],
    ...differences,
  });
  const file = (text: string): Json => [
    { path: "/var/log/syslog", mode, source: "/etc/rsyslog.conf:40" },
    { path: "/var/log/auth.log", mode: text, source: "/etc/rsyslog.conf:41" },
  ];
  const target = (host: string): Json => [{ host, protocol: "tcp", source: "/etc/rsyslog.d/60-forward.conf:1" }];
  const receiving = state({ receivers: [{ module: "imtcp", source: "/etc/rsyslog.conf:12" }] });
  if (typeof modeMax === "string")
    return [
      { name: `files with mode ${mode}`, state: state() },
      { name: "writes no files", state: state({ files: [] }) },
      ...widerModes(Number.parseInt(mode, 8)).map(({ name, text }) => ({
        name: `a second file where ${name}`,
        state: state({ files: file(text) }),
      })),
    ];
  const hosts = textsOf(allowed);
  if (forwards !== undefined) {
    const candidates: Candidate[] = [
      ...(hosts.length > 0 ? hosts : ["log.example.org"]).map((host) => ({
        name: `sends to ${host}`,
        state: state({ targets: target(host) }),
      })),
      { name: "sends to itself", state: state({ targets: target("127.0.0.1") }), isHard: true },
      { name: "sends to another host", state: state({ targets: target("elsewhere.example.net") }) },
      { name: "sends nothing", state: state() },
    ];
    return forwards === true ? candidates : [...candidates].reverse();
  }
  const both: Candidate[] = [
    { name: "receives nothing", state: state() },
    { name: "receives from the network", state: receiving },
  ];
  return receives === true ? both.reverse() : both;
};

export const aideRuleCandidates: Candidates = ({ attributes }, { target }) => {
  const path = String(membersOf(target)["path"]);
  const all = textsOf(attributes);
  const state = (present: readonly string[]): Json => ({
    rule: path,
    attributes: [...present].sort(),
    source: "/etc/aide/aide.conf:120",
    executed: [],
  });
  return [
    { name: "all attributes", state: state(all) },
    ...all.map((attribute) => ({
      name: `without ${attribute}`,
      state: state(all.filter((other) => other !== attribute)),
    })),
    { name: "no rule", state: { rule: null, attributes: [], source: null, executed: [] } },
  ];
};

export const tmpfilesCandidates: Candidates = ({ mode_max: max }) => {
  const mode = typeof max === "string" ? max : "0640";
  const state = (text: string | null): Json => ({
    mode: text,
    user: "root",
    group: "systemd-journal",
    source: "/usr/lib/tmpfiles.d/systemd.conf:30",
  });
  return [
    { name: `mode ${mode}`, state: state(mode) },
    ...widerModes(Number.parseInt(mode, 8)).map(({ name, text }) => ({ name, state: state(text) })),
    { name: "the mode is left as it is", state: state(null) },
    { name: "no line is for it", state: { mode: null, user: null, group: null, source: null } },
  ];
};

export const cronJobCandidates: Candidates = ({ scheduled }) => {
  const job = { schedule: "0 5 * * *", command: "(a matching command)", source: "/etc/crontab:20" };
  const both: Candidate[] = [
    { name: "a job starts it", state: { jobs: [job] } },
    { name: "no job starts it", state: { jobs: [] } },
  ];
  return scheduled === false ? both.reverse() : both;
};
