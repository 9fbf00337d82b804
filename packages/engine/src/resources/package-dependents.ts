import { type Static, Type } from "typebox";
import { type Host, UnreadableError } from "../host.ts";
import type { Resource } from "../resource.ts";
import { readInstalledPackages } from "./installed-packages.ts";
import { namedList } from "./named-list.ts";
import { type PackageRequirements, readPackageRequirements } from "./package-requirements.ts";

/*
 * package_dependents: { of: [dovecot-imapd, dovecot-pop3d], each_required: true }
 *
 * Each of them that is installed is needed by an installed package that is none of them, and nothing else that is
 * installed would do in its place. So an alternative ("exim4 | postfix") or a virtual package that another one provides
 * too does not count.
 */
const Target = Type.Object(
  { of: Type.Array(Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9+._-]*$" }), { minItems: 1 }) },
  { additionalProperties: false },
);
const Desired = Type.Object({ each_required: Type.Literal(true) }, { additionalProperties: false });

interface PackageDependentsState {
  /** Those that are installed, with at most 20 packages that need them, sorted. */
  readonly installed: readonly { readonly name: string; readonly requiredBy: readonly string[] }[];
}

const maxDependents = 20;

/** What keeps packages installed. What is merely recommended or suggested is not needed. */
export const packageDependents: Resource<Static<typeof Target>, PackageDependentsState, Static<typeof Desired>> = {
  kind: "package_dependents",
  target: Target,
  desired: Desired,
  readTimeoutMs: 120_000,
  address: ({ of }) => `package_dependents:${of.join(",")}`,
  async read(host, { of }) {
    const { manager, versions } = await readInstalledPackages(host);
    const names = of.filter((name) => versions.has(name));
    if (names.length === 0) return { installed: [] };
    const packages = await readPackageRequirements(host);
    const files = manager === "rpm" ? await filesOf(host, names) : new Map<string, ReadonlySet<string>>();
    const others = packages.filter(({ name }) => !of.includes(name));
    return {
      installed: names.map((name) => {
        const provides = packages.find((one) => one.name === name)?.provides ?? new Set([name]);
        const given = new Set([...provides, ...(files.get(name) ?? [])]);
        const requiredBy = others.filter((other) => needs(other, given, others)).map((other) => other.name);
        return { name, requiredBy: [...new Set(requiredBy)].sort().slice(0, maxDependents) };
      }),
    };
  },
  judge({ installed }) {
    const shown = installed.map(({ name, requiredBy }) =>
      requiredBy.length === 0 ? `no installed package needs ${name}` : `${name} is needed by ${namedList(requiredBy)}`,
    );
    return {
      verdict: installed.every(({ requiredBy }) => requiredBy.length > 0) ? "pass" : "fail",
      expected: "installed only because another package needs it",
      actual: installed.length === 0 ? "not installed" : shown.join("; "),
      source: "the package manager's database",
    };
  },
};

function needs({ requires }: PackageRequirements, given: ReadonlySet<string>, others: readonly PackageRequirements[]) {
  return requires.some(
    (alternatives) =>
      alternatives.some((one) => given.has(one)) &&
      !others.some(({ provides }) => alternatives.some((one) => provides.has(one))),
  );
}

/** The files of RPM packages, by package: other packages may require a path. */
async function filesOf(host: Host, names: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const format = "[%{=NAME}\\t%{FILENAMES}\\n]";
  const { exitCode, stdout, stderr } = await host.run(["rpm", "-q", "--qf", format, ...names], { timeoutMs: 60_000 });
  if (exitCode !== 0) throw new UnreadableError("unreadable", `rpm -q failed: ${stderr.trim().slice(0, 200)}`);
  const lines = stdout.split("\n").map((line) => line.split("\t"));
  return new Map(names.map((name) => [name, new Set(lines.flatMap(([of, path = ""]) => (of === name ? [path] : [])))]));
}
