import { type Static, Type } from "typebox";
import type { Host } from "../host.ts";
import type { Resource } from "../resource.ts";
import { logicalPamLines, splitPamLine } from "./pam-syntax.ts";

/*
 * authselect: { modules: [pam_faillock.so], files: [system-auth, password-auth] }
 * authselect: { features: [with-faillock] }
 *
 * The selected profile has each module in each of the files, under a condition or not; or each feature is switched on.
 *
 * State: { profile: "sssd" | null, features: [sorted], modules: { "system-auth": [sorted], … }, source }
 */
const Target = Type.Object({}, { additionalProperties: false });
const files = ["system-auth", "password-auth", "smartcard-auth", "fingerprint-auth", "postlogin"] as const;
const Desired = Type.Union([
  Type.Object(
    {
      modules: Type.Array(Type.String({ pattern: "^pam_[a-z0-9_]+\\.so$" }), { minItems: 1 }),
      files: Type.Array(Type.Enum(files), { minItems: 1 }),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    { features: Type.Array(Type.String({ pattern: "^[a-z0-9-]+$" }), { minItems: 1 }) },
    { additionalProperties: false },
  ),
]);

interface AuthselectState {
  /** Null when none is selected. */
  readonly profile: string | null;
  readonly features: readonly string[];
  readonly modules: Readonly<Record<string, readonly string[]>>;
  readonly source: string | null;
}

const config = "/etc/authselect/authselect.conf";

/** The authselect profile that PAM's files are made of. @see authselect(8), authselect-profiles(5) */
export const authselect: Resource<Static<typeof Target>, AuthselectState, Static<typeof Desired>> = {
  kind: "authselect",
  target: Target,
  desired: Desired,
  address: () => "authselect:profile",
  async read(host) {
    const lines = ((await host.readText(config)) ?? "").split("\n").map((line) => line.trim());
    const [profile, ...features] = lines.filter((line) => line !== "" && !line.startsWith("#"));
    if (profile === undefined || !/^(?:custom\/)?[\w.-]+$/.test(profile) || profile.endsWith(".."))
      return { profile: null, features: [], modules: {}, source: null };
    const modules: Record<string, readonly string[]> = {};
    for (const file of files) {
      const found = await modulesOf(host, profile, file);
      if (found !== null) modules[file] = found;
    }
    return { profile, features: features.sort(), modules, source: `${config}:1` };
  },
  judge({ profile, features, modules, source }, desired) {
    const isModules = "modules" in desired;
    const expected = isModules
      ? `the authselect profile has ${desired.modules.join(", ")} in ${desired.files.join(" and ")}`
      : `authselect's features ${desired.features.join(", ")} are on`;
    if (profile === null) return { verdict: "fail", expected, actual: "no authselect profile is selected", source };
    const missing = isModules
      ? desired.files.flatMap((file) =>
          desired.modules.filter((module) => !modules[file]?.includes(module)).map((module) => `${module} in ${file}`),
        )
      : desired.features.filter((feature) => !features.includes(feature));
    const actual =
      missing.length === 0 ? `profile ${profile} has them` : `profile ${profile} lacks ${missing.join(", ")}`;
    return { verdict: missing.length === 0 ? "pass" : "fail", expected, actual, source };
  },
};

/** Null when the profile has no such file. Templates hold PAM's lines with conditions in braces behind them. */
async function modulesOf(host: Host, profile: string, file: string): Promise<string[] | null> {
  const directories = profile.startsWith("custom/")
    ? ["/etc/authselect"]
    : ["/usr/share/authselect/vendor", "/usr/share/authselect/default"];
  for (const directory of directories) {
    const text = await host.readText(`${directory}/${profile}/${file}`);
    if (text === null) continue;
    const names = logicalPamLines(text).flatMap(({ text: line }) => {
      const module = splitPamLine(line)[2]?.replace(/^.*\//, "");
      return module?.startsWith("pam_") ? [module] : [];
    });
    return [...new Set(names)].sort();
  }
  return null;
}
