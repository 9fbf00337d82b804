import { type Static, Type } from "typebox";
import { Comparison } from "../comparison.ts";
import { readDropInFiles } from "../drop-in-files.ts";
import type { Host } from "../host.ts";
import type { Resource } from "../resource.ts";
import { derivedOnce } from "../shared-reads.ts";
import { judgeSingleValue, type SingleValue, unset } from "./single-value.ts";

const Target = Type.Object(
  {
    /** A user, `@group`, `*` or a range, as written in the file. */
    domain: Type.String({ pattern: "^\\S+$" }),
    type: Type.Enum(["hard", "soft"] as const),
    item: Type.String({ pattern: "^[a-z]+$" }),
  },
  { additionalProperties: false },
);
type Target = Static<typeof Target>;

/** A resource limit of login sessions; null when no line sets it for exactly that domain. @see limits.conf(5) */
export const limits: Resource<Target, SingleValue, Comparison> = {
  kind: "limits",
  target: Target,
  desired: Comparison,
  address: ({ domain, type, item }) => `limits:${domain}:${type}:${item}`,
  read: async (host, { domain, type, item }) => (await readLimits(host)).get(`${domain} ${type} ${item}`) ?? unset,
  judge: (state, desired, { domain, type, item }) => judgeSingleValue(`${type} ${item} of ${domain}`, state, desired),
};

/** By "domain type item": limits.conf, then limits.d/*.conf by name; the last line wins, type `-` sets both. */
function readLimits(host: Host): Promise<ReadonlyMap<string, SingleValue>> {
  return derivedOnce(host, "limits.conf", async () => {
    const main = "/etc/security/limits.conf";
    const dropIns = await readDropInFiles(host, ["/etc/security/limits.d"]);
    const values = new Map<string, SingleValue>();
    for (const { path, text } of [{ path: main, text: (await host.readText(main)) ?? "" }, ...dropIns]) {
      for (const [index, line] of text.split("\n").entries()) addLimit(values, line, `${path}:${index + 1}`);
    }
    return values;
  });
}

function addLimit(values: Map<string, SingleValue>, line: string, source: string): void {
  const [content = ""] = line.split("#");
  const [domain = "", rawType = "", rawItem = "", rawValue] = content.trim().split(/\s+/);
  if (rawValue === undefined) return;
  const type = rawType.toLowerCase();
  const value = rawValue.toLowerCase();
  const same = ["-1", "infinity"].includes(value) ? "unlimited" : value;
  for (const each of type === "-" ? ["hard", "soft"] : [type])
    values.set(`${domain} ${each} ${rawItem.toLowerCase()}`, { value: same, source });
}
