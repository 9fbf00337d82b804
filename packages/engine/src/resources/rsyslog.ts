import { type Static, Type } from "typebox";
import type { Judgement, Resource } from "../resource.ts";
import { isWithinMode } from "./mode-bits.ts";
import { namedList } from "./named-list.ts";
import { type RsyslogConfig, readRsyslogConfig } from "./rsyslog-config.ts";

/*
 * rsyslog: { file_mode_max: "0640" }     every file it writes gets at most these bits
 * rsyslog: { forwards: true, hosts_allowed: [log.example.org] }    it sends to another host; an empty list allows any
 * rsyslog: { receives: false }           no module that takes messages from the network
 *
 * State: { files: [{ path, mode, source }], targets: [{ host, protocol, source }], receivers: [{ module, source }] }
 */
const Target = Type.Object({}, { additionalProperties: false });
const Desired = Type.Union([
  Type.Object({ file_mode_max: Type.String({ pattern: "^[0-7]{4}$" }) }, { additionalProperties: false }),
  Type.Object(
    { forwards: Type.Boolean(), hosts_allowed: Type.Optional(Type.Array(Type.String({ minLength: 1 }))) },
    { additionalProperties: false },
  ),
  Type.Object({ receives: Type.Boolean() }, { additionalProperties: false }),
]);

const maxListed = 300;

/** What rsyslogd does with messages, by its configuration. @see rsyslog.conf(5) */
export const rsyslog: Resource<Static<typeof Target>, RsyslogConfig, Static<typeof Desired>> = {
  kind: "rsyslog",
  target: Target,
  desired: Desired,
  address: () => "rsyslog:config",
  async read(host) {
    const { files, targets, receivers } = await readRsyslogConfig(host);
    return {
      files: files.slice(0, maxListed),
      targets: targets.slice(0, maxListed),
      receivers: receivers.slice(0, maxListed),
    };
  },
  judge(state, desired) {
    if ("file_mode_max" in desired) return judgeFiles(state, desired.file_mode_max);
    if ("forwards" in desired) return judgeTargets(state, desired.forwards, desired.hosts_allowed ?? []);
    const { receivers } = state;
    const actual = receivers.length === 0 ? "none" : namedList([...new Set(receivers.map(({ module }) => module))]);
    return {
      verdict: receivers.length > 0 === desired.receives ? "pass" : "fail",
      expected: desired.receives
        ? "a module that receives from the network"
        : "no module that receives from the network",
      actual,
      source: receivers[0]?.source ?? null,
    };
  },
};

function judgeFiles({ files }: RsyslogConfig, max: string): Judgement {
  const expected = `log files are created with mode ${max} or stricter`;
  const wrong = files.filter(({ mode }) => !isWithinMode(mode, max));
  const shown = wrong[0] === undefined ? files : wrong;
  const actual =
    files.length === 0 ? "it writes no files" : namedList(shown.map(({ path, mode }) => `${path} ${mode}`));
  return { verdict: wrong.length === 0 ? "pass" : "fail", expected, actual, source: shown[0]?.source ?? null };
}

function judgeTargets({ targets }: RsyslogConfig, wanted: boolean, allowed: readonly string[]): Judgement {
  const others = targets.filter(({ host }) => !isOwn(host));
  const known = others.filter(({ host }) => allowed.length === 0 || includesHost(allowed, host));
  const among = allowed.length === 0 ? "" : ` (${namedList(allowed)})`;
  return {
    verdict: known.length > 0 === wanted ? "pass" : "fail",
    expected: `messages are ${wanted ? "" : "not "}sent to another host${among}`,
    actual:
      others.length === 0 ? "they are sent to no other host" : `sent to ${namedList(others.map(({ host }) => host))}`,
    source: (known[0] ?? others[0])?.source ?? null,
  };
}

function isOwn(host: string): boolean {
  return /^(?:localhost|127\.[\d.]+|\[?::1\]?)$/i.test(host);
}

/** Host names are alike whatever their case; an address in brackets is that address. */
function includesHost(names: readonly string[], name: string): boolean {
  const bare = (host: string) => host.replaceAll(/[[\]]/g, "").toLowerCase();
  return names.some((known) => bare(known) === bare(name));
}
