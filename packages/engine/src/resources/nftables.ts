import { type Static, Type } from "typebox";
import { expandWhole } from "../glob.ts";
import { type Host, UnreadableError } from "../host.ts";
import type { Resource } from "../resource.ts";
import { derivedOnce } from "../shared-reads.ts";
import { parseNftJson } from "./nft-json.ts";
import { type NftRuleset, reducedRuleset } from "./nft-ruleset.ts";
import { parseNftText } from "./nft-text.ts";
import { judgeNft, NftDesired } from "./nftables-judge.ts";
import { readEnablement } from "./unit-enablement.ts";

/*
 * nftables: { tables_at_least: 1 }
 * nftables: { base_chains: [input, forward, output] }                 filter chains that are attached there
 * nftables: { default_drop: [input, forward, output], family: ip }    some chain there has the policy drop, for that family
 * nftables: { hook: input, rule: { iif: lo, verdict: accept } }
 * nftables: { hook: input, rule: { saddr: 127.0.0.0/8, verdict: drop } }
 * nftables_config: the same, of what nftables.service loads at boot
 *
 * nftables is the kernel's ruleset; of an image, what is loaded at boot.
 */
const Target = Type.Object({}, { additionalProperties: false });

interface NftablesState extends NftRuleset {
  /** The command, or the file; null when there is no file, or nothing loads it. */
  readonly source: string | null;
}

/** The packet filter rules in force; of an image none unless nftables.service is enabled. @see nft(8) */
export const nftables: Resource<Static<typeof Target>, NftablesState, NftDesired> = {
  kind: "nftables",
  target: Target,
  desired: NftDesired,
  address: () => "nftables:local",
  async read(host) {
    if (host.live) return readLoaded(host);
    const { enablement } = await readEnablement(host, "nftables.service");
    return enablement === "enabled" ? readAtBoot(host) : { source: null, tables: [], chains: [] };
  },
  judge: (state, desired) => {
    const isOnDisk = state.source === null || state.source.startsWith("/");
    return judgeNft(state, desired, state.source ?? bootFiles[0], isOnDisk ? " (judged on disk only)" : "");
  },
};

/** The packet filter rules of the next boot; of none when the file is missing. @see nftables.service */
export const nftablesConfig: Resource<Static<typeof Target>, NftablesState, NftDesired> = {
  kind: "nftables_config",
  target: Target,
  desired: NftDesired,
  address: () => "nftables_config:local",
  read: readAtBoot,
  judge: (state, desired) => judgeNft(state, desired, state.source ?? bootFiles[0], " at boot"),
};

const bootFiles = ["/etc/nftables.conf", "/etc/sysconfig/nftables.conf"] as const;

async function readLoaded(host: Host): Promise<NftablesState> {
  if (!host.privileged) throw new UnreadableError("needs_root", "needs root: cannot read the packet filter's rules");
  const { exitCode, stdout, stderr } = await host.run(["nft", "-j", "list", "ruleset"]);
  if (exitCode !== 0) throw new UnreadableError("unreadable", `nft failed: ${stderr.trim().slice(0, 200)}`);
  return { source: "nft list ruleset", ...reducedRuleset(parseNftJson(stdout)) };
}

function readAtBoot(host: Host): Promise<NftablesState> {
  return derivedOnce(host, "nftables at boot", async () => {
    for (const path of bootFiles) {
      const text = await host.readText(path);
      if (text === null) continue;
      const parsed = await parseNftText(text, (pattern) => readIncluded(host, pattern));
      return { source: path, ...reducedRuleset(parsed) };
    }
    return { source: null, tables: [], chains: [] };
  });
}

/** Relative paths are below /etc, nft's include directory; of a pattern every file counts, in order. */
async function readIncluded(host: Host, pattern: string): Promise<readonly string[]> {
  const absolute = pattern.startsWith("/") ? pattern : `/etc/${pattern.replace(/^\.\//, "")}`;
  const paths = await expandWhole(host, absolute);
  const texts = await Promise.all(paths.map((path) => host.readText(path)));
  return texts.filter((text) => text !== null);
}
