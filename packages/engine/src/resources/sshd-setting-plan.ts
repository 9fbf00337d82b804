import { valueMeeting } from "../comparison.ts";
import type { PlanPart } from "../resource.ts";
import type { SshdDesired } from "./sshd-desired.ts";
import { sshdKeywords } from "./sshd-keywords.ts";
import { type SshdSettingState, sshdDropInPath } from "./sshd-state.ts";

/** What a person should know before these change, besides that sshd is reloaded. */
const risks: ReadonlyMap<string, string> = new Map([
  ["ciphers", "Clients that know only the removed ciphers can no longer connect."],
  ["disableforwarding", "Tunnels, X11 and agent forwarding stop working for new sessions."],
  ["gssapiauthentication", "People who sign in with Kerberos tickets need another way in."],
  ["hostbasedauthentication", "Machines that sign in by their host key need another way in."],
  ["kexalgorithms", "Clients that know only the removed key exchanges can no longer connect."],
  ["macs", "Clients that know only the removed MACs can no longer connect."],
  ["passwordauthentication", "People without a key can no longer sign in over SSH."],
  ["permitrootlogin", "Root can no longer sign in over SSH: another account must be able to become root."],
  ["pubkeyauthentication", "The ways in that are left must work for everyone who needs one."],
  ["usepam", "The rules in /etc/pam.d/sshd apply to everyone who signs in."],
]);

/**
 * Our drop-in with a value that meets the expectation. Null when none can be named, when the keyword is unknown or adds
 * up over several lines, and when something else that sets it wins over a drop-in. The state must not meet it yet.
 */
export function planSshdSetting(key: string, state: SshdSettingState, desired: SshdDesired): PlanPart | null {
  const keyword = sshdKeywords.get(key);
  const value = valueFor(state, desired);
  if (keyword === undefined || keyword.type === "every" || value === null || !state.includesDropIns) return null;
  const text = `${keyword.name} ${value}\n`;
  // It says so already, and yet the value is another: writing it again would not help.
  if (state.dropIn === text) return null;
  return {
    changes: [{ type: "write_file", path: sshdDropInPath(key), text, mode: 0o600, was: state.dropIn }],
    activations: ["reload_sshd"],
    risk: ["Reloads sshd; open sessions stay.", risks.get(key)].filter(Boolean).join(" "),
  };
}

/** A value is written without quotes, so that one that would need them is none. */
function valueFor({ value }: SshdSettingState, desired: SshdDesired): string | null {
  if ("file_exists" in desired || "contains" in desired) return null;
  if ("at_most_triple" in desired) return desired.at_most_triple;
  if ("contains_none" in desired) {
    const kept = value?.split(",").filter((name) => !desired.contains_none.includes(name)) ?? [];
    return plain(kept.join(","));
  }
  return plain(valueMeeting(desired) ?? "");
}

function plain(value: string): string | null {
  return /^[A-Za-z0-9@%:,._/+-]+$/.test(value) ? value : null;
}
