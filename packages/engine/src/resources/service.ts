import { type Static, Type } from "typebox";
import { isBooted } from "../booted.ts";
import { type Host, UnreadableError } from "../host.ts";
import type { Resource } from "../resource.ts";
import { derivedOnce } from "../shared-reads.ts";
import { type Enablement, enablements, readEnablement } from "./unit-enablement.ts";

const Target = Type.Object(
  { unit: Type.String({ pattern: "^[A-Za-z0-9_.@:\\\\-]+\\.[a-z]+$" }) },
  { additionalProperties: false },
);
const Desired = Type.Object(
  {
    enabled: Type.Optional(Type.Boolean()),
    active: Type.Optional(Type.Boolean()),
    masked: Type.Optional(Type.Boolean()),
    enablement: Type.Optional(Type.Array(Type.Enum(enablements), { minItems: 1 })),
  },
  { additionalProperties: false, minProperties: 1 },
);

interface ServiceState {
  /** Whether anything defines the unit; true for a masked one. */
  readonly exists: boolean;
  readonly enablement: Enablement;
  /** systemd's ActiveState; left out where systemd does not run. */
  readonly active?: string;
  /** The link or file `enablement` comes from; null when nothing defines the unit. */
  readonly source: string | null;
}

/**
 * A systemd unit, also a socket or timer. One that nothing defines counts as not enabled, not active and not masked.
 * Enabled is what starts it at every boot by its own links or a generator; what other units pull in is "static".
 */
export const service: Resource<Static<typeof Target>, ServiceState, Static<typeof Desired>> = {
  kind: "service",
  target: Target,
  desired: Desired,
  address: ({ unit }) => `service:${unit}`,
  async read(host, { unit: name }) {
    const { unit, enablement, source } = await readEnablement(host, name);
    const states = (await isBooted(host)) ? await derivedOnce(host, "unit states", () => readUnitStates(host)) : null;
    return {
      exists: enablement !== "not-found",
      enablement,
      ...(states === null ? {} : { active: states.get(unit) ?? "inactive" }),
      source,
    };
  },
  judge(state, desired) {
    const wanted: string[] = [];
    const found: string[] = [];
    let right = true;
    const expect = (wish: string, observation: string, holds: boolean) => {
      wanted.push(wish);
      found.push(observation);
      right &&= holds;
    };
    if (desired.enabled !== undefined)
      expect(desired.enabled ? "enabled" : "not enabled", state.enablement, isEnabled(state) === desired.enabled);
    if (desired.masked !== undefined)
      expect(
        desired.masked ? "masked" : "not masked",
        state.enablement,
        (state.enablement === "masked") === desired.masked,
      );
    if (desired.enablement !== undefined)
      expect(desired.enablement.join(" or "), state.enablement, desired.enablement.includes(state.enablement));
    if (desired.active !== undefined) {
      const active = state.exists || state.active !== undefined ? state.active : "inactive";
      const wish = desired.active ? "active" : "not active";
      if (active === undefined) wanted.push(`${wish} (judged on disk only)`);
      else expect(wish, active, isActive(active) === desired.active);
    }
    return {
      verdict: right ? "pass" : "fail",
      expected: wanted.join(", "),
      actual: [...new Set(found)].join(", "),
      source: state.source,
    };
  },
};

function isEnabled({ enablement }: ServiceState): boolean {
  return enablement === "enabled" || enablement === "generated";
}

function isActive(active: string): boolean {
  return active === "active" || active === "activating" || active === "reloading";
}

/** ActiveState of every unit systemd has loaded, in one call; one it has not loaded is inactive. */
async function readUnitStates(host: Host): Promise<ReadonlyMap<string, string>> {
  const list = ["systemctl", "list-units", "--all", "--full", "--plain", "--no-legend", "--no-pager"] as const;
  const { exitCode, stdout, stderr } = await host.run(list);
  if (exitCode !== 0)
    throw new UnreadableError("unreadable", `systemctl list-units failed: ${stderr.trim().slice(0, 200)}`);
  const states = new Map<string, string>();
  for (const line of stdout.split("\n")) {
    const [unit = "", , active = ""] = line.replace(/^[^\w-]+/, "").split(/\s+/);
    if (unit !== "") states.set(unit, active);
  }
  return states;
}
