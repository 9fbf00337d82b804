import { type Static, Type } from "typebox";
import { type Host, UnreadableError } from "../host.ts";
import type { Resource } from "../resource.ts";
import { readInstalledPackages } from "./installed-packages.ts";
import { namedList } from "./named-list.ts";

/*
 * package_verify: { compare: attributes, differences_max: 0 }    mode, owner and group, which rpm alone keeps
 * package_verify: { compare: contents, differences_max: 0 }      what is in the files, configuration left out
 *
 * State: { count, differing: [first 200 paths, sorted] }
 */
const Target = Type.Object(
  { compare: Type.Enum(["attributes", "contents"] as const) },
  { additionalProperties: false },
);
type Target = Static<typeof Target>;
const Desired = Type.Object({ differences_max: Type.Integer({ minimum: 0 }) }, { additionalProperties: false });

interface PackageVerifyState {
  readonly count: number;
  readonly differing: readonly string[];
}

const maxPaths = 200;
const timeoutMs = 230_000;

/** Files that are not as their packages brought them. @see rpm(8) "VERIFY OPTIONS", dpkg(1) "--verify" */
export const packageVerify: Resource<Target, PackageVerifyState, Static<typeof Desired>> = {
  kind: "package_verify",
  target: Target,
  desired: Desired,
  readTimeoutMs: 240_000,
  address: ({ compare }) => `package_verify:${compare}`,
  async read(host, { compare }) {
    const { manager } = await readInstalledPackages(host);
    if (manager === "dpkg" && compare === "attributes")
      throw new UnreadableError("unsupported", "dpkg does not keep the modes and owners of files");
    const lines = manager === "dpkg" ? await verifyDpkg(host) : await verifyRpm(host, compare);
    const paths = [...new Set(lines.flatMap((line) => differingPath(line, compare) ?? []))].sort();
    return { count: paths.length, differing: paths.slice(0, maxPaths) };
  },
  judge({ count, differing }, { differences_max: max }, { compare }) {
    const what = compare === "attributes" ? "mode, owner or group" : "contents";
    return {
      verdict: count <= max ? "pass" : "fail",
      expected: max === 0 ? `no packaged file has other ${what}` : `at most ${max} packaged files have other ${what}`,
      actual: count === 0 ? "none has" : `${count}: ${namedList(differing)}`,
      source: "the package manager's verification",
    };
  },
};

/** Exit status 1 says that something differs, as the lines do. */
async function verifyRpm(host: Host, compare: Target["compare"]): Promise<string[]> {
  const never = [
    "--nodeps",
    "--noscripts",
    "--nosignature",
    "--nodigest",
    "--nomtime",
    "--nolinkto",
    "--nordev",
  ] as const;
  const also =
    compare === "attributes"
      ? (["--nofiledigest", "--nosize"] as const)
      : (["--nomode", "--nouser", "--nogroup"] as const);
  return linesOf(await host.run(["rpm", "--verify", "--all", ...never, ...also], { timeoutMs }));
}

async function verifyDpkg(host: Host): Promise<string[]> {
  return linesOf(await host.run(["dpkg", "--verify"], { timeoutMs }));
}

function linesOf({ exitCode, stdout, stderr }: { exitCode: number; stdout: string; stderr: string }): string[] {
  if (exitCode > 1) throw new UnreadableError("unreadable", `verification failed: ${stderr.trim().slice(0, 200)}`);
  return stdout.split("\n");
}

/** `SM5DLUGTP c /path`: a letter for what differs, a dot for what does not; a letter behind says what file it is. */
function differingPath(line: string, compare: Target["compare"]): string | null {
  const [, flags = "", kind = "", path] =
    /^([SM5DLUGTPC.?]{8,9}|missing)\s+(?:([acdglmnr])\s+)?(\/.*?)(?: \(.*\))?$/.exec(line) ?? [];
  if (path === undefined || kind === "g") return null;
  if (flags === "missing") return compare === "contents" && kind !== "c" && kind !== "d" ? path : null;
  if (compare === "attributes") return /[MUG]/.test(flags) ? path : null;
  return /[S5]/.test(flags) && kind !== "c" ? path : null;
}
