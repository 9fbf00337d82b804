import { type OsType, osTypes, type Platform } from "@holdfast/contracts/platform";

const known: Readonly<Record<string, Platform>> = {
  "debian-12": linux("debian", "12", "Debian GNU/Linux 12 (bookworm)"),
  "ubuntu-22.04": linux("ubuntu", "22.04", "Ubuntu 22.04 LTS", "debian"),
  "ubuntu-24.04": linux("ubuntu", "24.04", "Ubuntu 24.04 LTS", "debian"),
  "rhel-9": linux("rhel", "9", "Red Hat Enterprise Linux 9", "fedora"),
  "windows-server-2022": {
    osType: "windows",
    id: "windows-server",
    idLike: [],
    version: "2022",
    name: "Windows Server 2022",
  },
  "macos-15": { osType: "macos", id: "macos", idLike: [], version: "15", name: "macOS 15" },
};

const usual: Readonly<Record<OsType, string>> = {
  linux: "debian-12",
  windows: "windows-server-2022",
  macos: "macos-15",
};

/** What simulated devices say they are, under the name it has on the command line. */
export interface NamedPlatform {
  readonly name: string;
  readonly platform: Platform;
}

/**
 * The platform of a name such as "debian-12": an id and a version. One that no benchmark is written for is fine: it is
 * how a fleet has such devices too.
 *
 * @param name left out: the usual one of the operating system.
 * @throws RangeError with a sentence for the user.
 */
export function namedPlatform(os: string, name?: string): NamedPlatform {
  const osType = osTypes.find((type) => type === (os === "darwin" ? "macos" : os));
  if (osType === undefined) throw new RangeError(`There is no operating system "${os}": use ${osTypes.join(", ")}.`);
  const wanted = (name ?? usual[osType]).toLowerCase();
  const platform = known[wanted] ?? parsed(osType, wanted);
  if (platform.osType !== osType) throw new RangeError(`The platform ${wanted} is ${platform.osType}, not ${osType}.`);
  return { name: wanted, platform };
}

function parsed(osType: OsType, name: string): Platform {
  const [, id, version] = /^([a-z][a-z0-9_-]{0,40})-([0-9][0-9.]{0,20})$/.exec(name) ?? [];
  if (id === undefined || version === undefined)
    throw new RangeError(`"${name}" is no platform: write its id and version, such as debian-12.`);
  return { osType, id, idLike: [], version, name: `${id} ${version}` };
}

function linux(id: string, version: string, name: string, ...idLike: string[]): Platform {
  return { osType: "linux", id, idLike, version, name };
}
