import { controlHelp, parseControl, servesControl } from "@holdfast/content/controls";
import type { Pack } from "@holdfast/content/pack";
import { Invalid } from "../../errors.ts";
import { checkUuid } from "../results/check-uuid.ts";

/** The ids of an organisation's checks that serve a control such as "nist:AC-17". @throws Invalid for an unknown catalogue. */
export function checksServing(pack: Pack, orgId: string, control: string): string[] {
  const query = parseControl(pack, control);
  if (query === null) throw new Invalid(`The query: "control" names no control. ${controlHelp(pack)}`);
  const serving = new Set([...pack.checks.values()].filter((check) => servesControl(check, query)).map(({ id }) => id));
  const ids = pack.benchmarks.flatMap((benchmark) =>
    benchmark.recommendations
      .filter(({ check }) => serving.has(check))
      .map(({ number }) => checkUuid(orgId, benchmark.id, number)),
  );
  return [...new Set(ids)];
}
