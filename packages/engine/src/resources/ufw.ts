import { type Static, Type } from "typebox";
import { isBooted } from "../booted.ts";
import { type Host, UnreadableError } from "../host.ts";
import type { Resource } from "../resource.ts";

/*
 * ufw: { status: active }
 * ufw: { direction: incoming, policy: [deny, reject] }    outgoing, routed likewise; routed is "disabled" without forwarding
 *
 * As `ufw status verbose` says where services run; of an image, as ufw.conf and /etc/default/ufw will have it.
 */
const Policy = Type.Enum(["allow", "deny", "reject", "disabled"] as const);
const Target = Type.Object({}, { additionalProperties: false });
const Desired = Type.Union([
  Type.Object({ status: Type.Enum(["active", "inactive"] as const) }, { additionalProperties: false }),
  Type.Object(
    {
      direction: Type.Enum(["incoming", "outgoing", "routed"] as const),
      policy: Type.Array(Policy, { minItems: 1 }),
    },
    { additionalProperties: false },
  ),
]);

interface UfwState {
  readonly status: "active" | "inactive";
  /** allow, deny, reject or disabled; null when nothing says. */
  readonly incoming: string | null;
  readonly outgoing: string | null;
  readonly routed: string | null;
  /** The command, or the file. */
  readonly source: string;
}

/** The uncomplicated firewall as a whole. @see ufw(8) */
export const ufw: Resource<Static<typeof Target>, UfwState, Static<typeof Desired>> = {
  kind: "ufw",
  target: Target,
  desired: Desired,
  address: () => "ufw:local",
  async read(host) {
    const onDisk = await readFiles(host);
    return (await isBooted(host)) ? readStatus(host, onDisk) : onDisk;
  },
  judge(state, desired) {
    const note = state.source.startsWith("/") ? " (judged on disk only)" : "";
    if ("status" in desired) {
      const verdict = state.status === desired.status ? "pass" : "fail";
      return { verdict, expected: `${desired.status}${note}`, actual: state.status, source: state.source };
    }
    const found = state[desired.direction];
    return {
      verdict: desired.policy.some((policy) => policy === found) ? "pass" : "fail",
      expected: `${desired.direction}: ${desired.policy.join(" or ")} by default${note}`,
      actual: found ?? "not set",
      source: state.source,
    };
  },
};

/** While ufw is inactive it prints no policies: those of its files are what it would have. */
async function readStatus(host: Host, onDisk: UfwState): Promise<UfwState> {
  if (!host.privileged) throw new UnreadableError("needs_root", "needs root: cannot run ufw status");
  const { exitCode, stdout, stderr } = await host.run(["ufw", "status", "verbose"], { timeoutMs: 30_000 });
  const status = /^Status: (active|inactive)$/m.exec(stdout)?.[1];
  if (exitCode !== 0 || status === undefined)
    throw new UnreadableError("unreadable", `ufw status failed: ${stderr.trim().slice(0, 200)}`);
  const source = "ufw status verbose";
  if (status === "inactive") return { ...onDisk, status, source };
  const defaults = /^Default: (.*)$/m.exec(stdout)?.[1] ?? "";
  const policy = (direction: string): string | null =>
    new RegExp(`\\b(allow|deny|reject|disabled) \\(${direction}\\)`).exec(defaults)?.[1] ?? null;
  return {
    status: "active",
    incoming: policy("incoming"),
    outgoing: policy("outgoing"),
    routed: policy("routed"),
    source,
  };
}

const words: Readonly<Record<string, string>> = { ACCEPT: "allow", DROP: "deny", REJECT: "reject" };

async function readFiles(host: Host): Promise<UfwState> {
  const [conf, defaults] = [await host.readText("/etc/ufw/ufw.conf"), await host.readText("/etc/default/ufw")];
  const value = (text: string | null, name: string): string | null =>
    [...(text ?? "").matchAll(new RegExp(`^\\s*${name}=["']?([^"'\\s]*)`, "gm"))].at(-1)?.[1] ?? null;
  const policy = (name: string): string | null => words[value(defaults, `DEFAULT_${name}_POLICY`) ?? ""] ?? null;
  return {
    status: value(conf, "ENABLED")?.toLowerCase() === "yes" ? "active" : "inactive",
    incoming: policy("INPUT"),
    outgoing: policy("OUTPUT"),
    routed: policy("FORWARD"),
    source: "/etc/ufw/ufw.conf",
  };
}
