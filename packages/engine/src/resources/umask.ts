import { type Static, Type } from "typebox";
import type { Host } from "../host.ts";
import type { Resource } from "../resource.ts";
import { readLoginDefs } from "./login-defs.ts";
import { argumentSettings, firstPamStack } from "./module-setting.ts";
import { namedList } from "./named-list.ts";
import { moduleName } from "./pam-stack.ts";
import { readShellStartup } from "./shell-startup-files.ts";

/*
 * umask: { at_least: "027" }       every bit of it is masked for everyone who logs in
 *
 * The shells' startup files, or pam_umask with its argument or UMASK of login.defs, must set one, and none may set a
 * laxer one.
 */
const Target = Type.Object({}, { additionalProperties: false });
const Desired = Type.Object({ at_least: Type.String({ pattern: "^[0-7]{3,4}$" }) }, { additionalProperties: false });

interface UmaskState {
  readonly settings: readonly {
    /** Four octal digits, or as written when it is no mask we can read. */
    readonly value: string;
    readonly source: string;
    /** False for UMASK of login.defs where pam_umask does not put it into force. */
    readonly inForce: boolean;
  }[];
}

/** The mask new files are made with by default. @see umask(2), pam_umask(8), login.defs(5) */
export const umask: Resource<Static<typeof Target>, UmaskState, Static<typeof Desired>> = {
  kind: "umask",
  target: Target,
  desired: Desired,
  address: () => "umask:local",
  async read(host) {
    const shell = (await readShellStartup(host)).flatMap(({ text, source }) => {
      const value = /^umask\s+(?:-[Sp]+\s+)*(\S+)/.exec(text)?.[1];
      return value === undefined ? [] : [{ value: normalMask(value), source, inForce: true }];
    });
    return { settings: [...shell, ...(await readLoginMasks(host))] };
  },
  judge({ settings }, { at_least: wanted }) {
    const isStrict = (value: string): boolean =>
      /^[0-7]{4}$/.test(value) && (Number.parseInt(wanted, 8) & ~Number.parseInt(value, 8)) === 0;
    const lax = settings.filter(({ value }) => !isStrict(value));
    const inForce = settings.find((setting) => setting.inForce);
    const expected = `umask is ${wanted} or stricter`;
    if (lax.length > 0 || inForce === undefined) {
      const actual =
        lax.length > 0
          ? namedList(lax.map(({ value, source }) => `${value} in ${source}`))
          : settings.length === 0
            ? "nothing sets a umask"
            : "UMASK is set, but pam_umask does not put it into force";
      return { verdict: "fail", expected, actual, source: (lax[0] ?? settings[0])?.source ?? null };
    }
    return { verdict: "pass", expected, actual: `umask is ${inForce.value}`, source: inForce.source };
  },
};

async function readLoginMasks(host: Host): Promise<UmaskState["settings"]> {
  const stack = await firstPamStack(host, ["common-session", "system-auth", "login"]);
  const modules = stack.filter((line) => line.type === "session" && moduleName(line) === "pam_umask.so");
  const own = modules.flatMap(argumentSettings).filter(({ key }) => key === "umask");
  const { value = null, source = null } = (await readLoginDefs(host)).get("UMASK") ?? {};
  const fromLoginDefs = value === null ? [] : [{ value: normalMask(value), source: source ?? "/etc/login.defs" }];
  return [
    ...own.map((setting) => ({ value: normalMask(setting.value), source: setting.source, inForce: true })),
    ...fromLoginDefs.map((setting) => ({ ...setting, inForce: modules.length > 0 && own.length === 0 })),
  ];
}

/** Octal to four digits; symbolic `u=rwx,g=rx,o=`, which says what stays allowed, too. */
function normalMask(text: string): string {
  const plain = text.replaceAll(/["']/g, "");
  if (/^0*[0-7]{1,4}$/.test(plain)) return Number.parseInt(plain, 8).toString(8).padStart(4, "0");
  const allowed = /^u=([rwx]*),g=([rwx]*),o=([rwx]*)$/.exec(plain);
  if (allowed === null) return plain.slice(0, 80);
  const digits = allowed.slice(1).map((letters) => 7 - bitsOf(letters));
  return `0${digits.join("")}`;
}

function bitsOf(letters: string): number {
  return (letters.includes("r") ? 4 : 0) + (letters.includes("w") ? 2 : 0) + (letters.includes("x") ? 1 : 0);
}
