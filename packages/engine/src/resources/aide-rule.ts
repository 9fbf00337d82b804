import { type Static, Type } from "typebox";
import type { Resource } from "../resource.ts";
import { findAideRule, readAideConfig } from "./aide-config.ts";

/*
 * aide_rule: { path: /usr/sbin/auditctl, attributes: [p, i, n, u, g, s, b, acl, xattrs, sha512] }
 *
 * AIDE watches a file with all of the attributes, more do not matter. The path is looked up as given, and where its links
 * lead: AIDE does not follow links, so that a rule for /sbin/x says nothing where /sbin is one.
 *
 * State: { rule, attributes: [sorted], source } | { rule: null, … }, executed: [included programs, not run]
 */
const Target = Type.Object({ path: Type.String({ pattern: "^(/[^/\\s]+)+$" }) }, { additionalProperties: false });
const Desired = Type.Object(
  { attributes: Type.Array(Type.String({ pattern: "^[a-z0-9]+$" }), { minItems: 1 }) },
  { additionalProperties: false },
);

interface AideRuleState {
  /** The pattern of the rule that selects the file; null when none does. */
  readonly rule: string | null;
  readonly attributes: readonly string[];
  readonly source: string | null;
  readonly executed: readonly string[];
}

/** What AIDE compares of one file. @see aide.conf(5) */
export const aideRule: Resource<Static<typeof Target>, AideRuleState, Static<typeof Desired>> = {
  kind: "aide_rule",
  target: Target,
  desired: Desired,
  address: ({ path }) => `aide_rule:${path}`,
  async read(host, { path }) {
    const { rules, executed } = await readAideConfig(host);
    const real = await realDirectoryOf(host.realPath, path);
    const rule = findAideRule(rules, real ?? path);
    if (rule === null) return { rule: null, attributes: [], source: null, executed };
    return { rule: rule.pattern, attributes: rule.attributes, source: rule.source, executed };
  },
  judge({ rule, attributes, source, executed }, desired, { path }) {
    const expected = `AIDE compares ${desired.attributes.join(", ")} of ${path}`;
    const missing = desired.attributes.filter((attribute) => !attributes.includes(attribute));
    const unknown = executed.length === 0 ? "" : `; not known: rules of ${executed.length} included programs`;
    if (rule === null) return { verdict: "fail", expected, actual: `no rule selects it${unknown}`, source };
    const actual = missing.length === 0 ? `${rule} compares them` : `${rule} does not compare ${missing.join(", ")}`;
    return { verdict: missing.length === 0 ? "pass" : "fail", expected, actual, source };
  },
};

/** The path with the links in its directory resolved, also when the file itself is absent. */
async function realDirectoryOf(
  realPath: (path: string) => Promise<string | null>,
  path: string,
): Promise<string | null> {
  const at = path.lastIndexOf("/");
  const directory = await realPath(path.slice(0, at) || "/");
  return directory === null ? null : `${directory === "/" ? "" : directory}${path.slice(at)}`;
}
