import { type Static, Type } from "typebox";
import { type Host, UnreadableError } from "../host.ts";
import type { Resource } from "../resource.ts";
import { readModuleRules } from "./modprobe-files.ts";
import { namedList } from "./named-list.ts";

/*
 * wireless: { inactive: true }    every wireless interface is down, and its driver is not loaded at the next boot
 * wireless: { present: true }     there is one at all; for conditions
 */
const Target = Type.Object({}, { additionalProperties: false });
const Desired = Type.Union([
  Type.Object({ inactive: Type.Literal(true) }, { additionalProperties: false }),
  Type.Object({ present: Type.Boolean() }, { additionalProperties: false }),
]);

interface WirelessInterface {
  readonly name: string;
  /** Whether it is switched on, connected or not. */
  readonly up: boolean;
  /** The driver's kernel module; null when it is built into the kernel. */
  readonly module: string | null;
  /** Whether modprobe is told not to load that module, neither by name nor for the device. */
  readonly shut: boolean;
  readonly source: string | null;
}

interface WirelessState {
  /** Sorted by name. */
  readonly interfaces: readonly WirelessInterface[];
}

/** The wireless network interfaces. @see modprobe.d(5) */
export const wireless: Resource<Static<typeof Target>, WirelessState, Static<typeof Desired>> = {
  kind: "wireless",
  target: Target,
  desired: Desired,
  address: () => "wireless:local",
  async read(host) {
    if (!host.live)
      throw new UnreadableError("unsupported", "network interfaces can be seen on a running machine only");
    const names = (await host.list("/sys/class/net")) ?? [];
    const interfaces = await Promise.all(names.map((name) => readInterface(host, name)));
    return { interfaces: interfaces.flat() };
  },
  judge({ interfaces }, desired) {
    const found =
      interfaces.length === 0 ? "no wireless interface" : namedList(interfaces.map(describeInterface), "; ");
    if ("present" in desired) {
      const verdict = interfaces.length > 0 === desired.present ? "pass" : "fail";
      const expected = desired.present ? "a wireless interface" : "no wireless interface";
      return { verdict, expected, actual: found, source: "/sys/class/net" };
    }
    const bad = interfaces.filter(({ up, shut }) => up || !shut);
    return {
      verdict: bad.length === 0 ? "pass" : "fail",
      expected: "wireless interfaces are down and their drivers barred",
      actual: bad.length === 0 ? found : namedList(bad.map(describeInterface), "; "),
      source: (bad[0] ?? interfaces[0])?.source ?? "/sys/class/net",
    };
  },
};

async function readInterface(host: Host, name: string): Promise<WirelessInterface[]> {
  const path = `/sys/class/net/${name}`;
  const isWireless = (await host.stat(`${path}/wireless`)) !== null || (await host.lstat(`${path}/phy80211`)) !== null;
  if (!isWireless) return [];
  const flags = Number((await host.readText(`${path}/flags`)) ?? "0");
  const module = (await host.readLink(`${path}/device/driver/module`))?.split("/").at(-1) ?? null;
  const rules = module === null ? null : await readModuleRules(host, module);
  const isRefused = rules?.install != null && /^(?:\/usr)?\/bin\/(?:true|false)$/.test(rules.install);
  // IFF_UP of netdevice(7).
  const up = (flags & 1) !== 0;
  return [{ name, up, module, shut: isRefused, source: rules?.source ?? null }];
}

function describeInterface({ name, up, module, shut }: WirelessInterface): string {
  const driver =
    module === null ? "its driver is built in" : `its driver ${module} ${shut ? "is barred" : "may be loaded"}`;
  return `${name} is ${up ? "up" : "down"}, ${driver}`;
}
