import { type Static, Type } from "typebox";
import { isBooted } from "../booted.ts";
import type { Judgement, Resource } from "../resource.ts";
import { readProfilesOnDisk } from "./apparmor-files.ts";
import { type LoadedProfile, readLoadedProfiles, readUnconfinedPrograms } from "./apparmor-kernel.ts";
import { apparmorModes } from "./apparmor-modes.ts";
import { namedList } from "./named-list.ts";

/*
 * apparmor: { modes: [enforce, complain], unconfined_max: 0 }
 *
 * At least one profile is loaded, each is in one of the modes, and at most so many programs run unconfined although a
 * profile names them. "kill" is stricter than "enforce" and passes for it.
 *
 * State: { profiles?: [{ name, mode }] | null, unconfined?: [{ program, profile }], onDisk: [{ name, mode, source }] }
 */
const Target = Type.Object({}, { additionalProperties: false });
const Desired = Type.Object(
  {
    modes: Type.Array(Type.Enum(apparmorModes), { minItems: 1 }),
    unconfined_max: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { additionalProperties: false },
);
type Desired = Static<typeof Desired>;

interface ApparmorState {
  /** What the kernel holds; null when AppArmor is off in it, left out where systemd does not run. */
  readonly profiles?: readonly LoadedProfile[] | null;
  /** Programs that run unconfined although a loaded profile names them; left out as `profiles` is. */
  readonly unconfined?: readonly { readonly program: string; readonly profile: string }[];
  /** The profiles that the next boot loads. */
  readonly onDisk: readonly { readonly name: string; readonly mode: string; readonly source: string }[];
}

/** AppArmor's profiles: those in the kernel, or on a machine that is not booted those on disk. @see apparmor(7), apparmor.d(5), aa-status(8) */
export const apparmor: Resource<Static<typeof Target>, ApparmorState, Desired> = {
  kind: "apparmor",
  target: Target,
  desired: Desired,
  address: () => "apparmor:profiles",
  async read(host) {
    const onDisk = await readProfilesOnDisk(host);
    if (!(await isBooted(host))) return { onDisk };
    const profiles = await readLoadedProfiles(host);
    if (profiles === null) return { profiles, onDisk };
    return { profiles, unconfined: await readUnconfinedPrograms(host, profiles), onDisk };
  },
  judge({ profiles, unconfined = [], onDisk }, desired) {
    const { modes, unconfined_max: most } = desired;
    const wanted = `at least one profile, all of them in mode ${modes.join(" or ")}`;
    if (profiles === undefined) return judgeProfiles(onDisk, desired, `${wanted} (judged on disk only)`, "on disk");
    const expected =
      most === undefined
        ? `${wanted}, loaded`
        : `${wanted}, loaded; at most ${most} unconfined programs with a profile`;
    const source = "/sys/kernel/security/apparmor/profiles";
    if (profiles === null)
      return { verdict: "fail", expected, actual: "AppArmor is off in the running kernel", source: null };
    const judged = judgeProfiles(profiles, desired, expected, "loaded");
    if (judged.verdict !== "pass" || most === undefined || unconfined.length <= most) return { ...judged, source };
    const programs = namedList(unconfined.map(({ program }) => program));
    return { verdict: "fail", expected, actual: `unconfined although they have a profile: ${programs}`, source };
  },
};

function judgeProfiles(
  profiles: readonly (LoadedProfile & { readonly source?: string })[],
  { modes }: Desired,
  expected: string,
  where: string,
): Judgement {
  const [first] = profiles;
  if (first === undefined) return { verdict: "fail", expected, actual: `no profile is ${where}`, source: null };
  const wrong = profiles.filter(({ mode }) => !isAllowed(mode, modes));
  if (wrong[0] === undefined)
    return { verdict: "pass", expected, actual: `${profiles.length} profiles ${where}`, source: "/etc/apparmor.d" };
  const named = namedList(wrong.map(({ name, mode }) => `${name} (${mode})`));
  return { verdict: "fail", expected, actual: `${where}: ${named}`, source: wrong[0].source ?? null };
}

function isAllowed(mode: string, modes: readonly string[]): boolean {
  return modes.includes(mode) || (mode === "kill" && modes.includes("enforce"));
}
