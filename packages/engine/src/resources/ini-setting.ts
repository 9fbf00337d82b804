import { type Static, Type } from "typebox";
import type { Host } from "../host.ts";
import type { Resource } from "../resource.ts";
import { derivedOnce } from "../shared-reads.ts";
import { ExplicitComparison, isMerelyDefault } from "./explicit-comparison.ts";
import { parseIniFile } from "./ini-file.ts";
import { judgeSingleValue, type SingleValue, unset } from "./single-value.ts";
import { isSystemdConfig, readSystemdSetting } from "./systemd-config.ts";

const Target = Type.Object(
  {
    path: Type.String({ pattern: "^/[^\\s*?\\[]+$" }),
    /** Empty for keys before the first section. */
    section: Type.String({ pattern: "^[^\\]\\n:]*$" }),
    key: Type.String({ pattern: "^[A-Za-z0-9_.-]+$" }),
  },
  { additionalProperties: false },
);
type Target = Static<typeof Target>;

/**
 * A key in a section of an ini-like file. Files directly in /etc/systemd are read with their drop-ins and defaults, see
 * readSystemdSetting; of any other file only itself counts, and its last assignment wins. With `explicit` a default is
 * not enough.
 */
export const iniSetting: Resource<Target, SingleValue, ExplicitComparison> = {
  kind: "ini_setting",
  target: Target,
  desired: ExplicitComparison,
  address: ({ path, section, key }) => `ini_setting:${path}:${section}:${key}`,
  read: (host, { path, section, key }) =>
    isSystemdConfig(path) ? readSystemdSetting(host, path, section, key) : readPlain(host, path, section, key),
  judge(state, desired, { key }) {
    const judgement = judgeSingleValue(key, state, desired);
    if (!isMerelyDefault(state.source, desired)) return judgement;
    return { ...judgement, verdict: "fail", actual: `${key} is not set; ${state.value} is the default` };
  },
};

async function readPlain(host: Host, path: string, section: string, key: string): Promise<SingleValue> {
  const assignments = await derivedOnce(host, `ini file ${path}`, async () =>
    parseIniFile(path, (await host.readText(path)) ?? "", false),
  );
  const last = assignments.findLast((assignment) => assignment.section === section && assignment.key === key);
  return last === undefined ? unset : { value: last.value, source: last.source };
}
