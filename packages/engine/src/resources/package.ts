import { type Static, Type } from "typebox";
import type { Resource } from "../resource.ts";
import { readInstalledPackages } from "./installed-packages.ts";
import { compareDebVersions, compareRpmVersions } from "./package-version.ts";

const Target = Type.Object(
  { name: Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9+._-]*$" }) },
  { additionalProperties: false },
);
const Desired = Type.Union([
  Type.Object({ installed: Type.Boolean() }, { additionalProperties: false }),
  Type.Object({ at_least_version: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
]);

interface PackageState {
  readonly installed: boolean;
  /** `[epoch:]version[-release]`; null when not installed. */
  readonly version: string | null;
  readonly manager: "dpkg" | "rpm";
}

/** A package of the system's own package manager. One removed but for its configuration is not installed. */
export const packageResource: Resource<Static<typeof Target>, PackageState, Static<typeof Desired>> = {
  kind: "package",
  target: Target,
  desired: Desired,
  address: ({ name }) => `package:${name}`,
  async read(host, { name }) {
    const { manager, versions } = await readInstalledPackages(host);
    const version = versions.get(name) ?? null;
    return { installed: version !== null, version, manager };
  },
  judge({ installed, version, manager }, desired, { name }) {
    const found = {
      actual: installed ? `${name} ${version} is installed` : `${name} is not installed`,
      source: manager === "dpkg" ? "/var/lib/dpkg/status" : "rpm -qa",
    };
    if ("installed" in desired) {
      const expected = `${name} is ${desired.installed ? "installed" : "not installed"}`;
      return { verdict: installed === desired.installed ? "pass" : "fail", expected, ...found };
    }
    const compare = manager === "dpkg" ? compareDebVersions : compareRpmVersions;
    const isNewEnough = version !== null && compare(version, desired.at_least_version) >= 0;
    const expected = `${name} is installed in version ${desired.at_least_version} or newer`;
    return { verdict: isNewEnough ? "pass" : "fail", expected, ...found };
  },
};
