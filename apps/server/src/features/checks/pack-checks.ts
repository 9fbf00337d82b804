import type { Benchmark, Check, Pack } from "@holdfast/content/pack";
import type { Insertable } from "kysely";
import type { OrganisationCheckTable } from "../../db/schema.ts";
import { checkUuid } from "../results/check-uuid.ts";
import { byNumber } from "./by-number.ts";

/**
 * The pack's recommendations as an organisation's checks, each number of a benchmark once: as its newest version has it.
 *
 * @param seeded whether they are to be listed.
 */
export function packChecks(pack: Pack, orgId: string, seeded: boolean): Insertable<OrganisationCheckTable>[] {
  const byId = new Map<string, Insertable<OrganisationCheckTable>>();
  for (const benchmark of [...pack.benchmarks].sort(oldestFirst)) {
    benchmark.recommendations.forEach(({ number, check: checkId, server, workstation }, place) => {
      const check = pack.checks.get(checkId);
      if (check === undefined) return;
      const id = checkUuid(orgId, benchmark.id, number);
      byId.set(id, {
        orgId,
        id,
        benchmark: benchmark.id,
        number,
        place,
        title: check.title,
        description: check.rationale,
        level: server ?? workstation ?? 1,
        category: check.category,
        severity: check.severity,
        osType: benchmark.osType,
        remediation: check.remediation,
        builtin: true,
        seeded,
      });
    });
  }
  return [...byId.values()];
}

/** What a number of a benchmark is, as the newest version that has it says; null when the pack does not know it. */
export function findPackCheck(pack: Pack, benchmarkId: string, number: string): Check | null {
  const versions = pack.benchmarks.filter(({ id }) => id === benchmarkId).sort(oldestFirst);
  const found = versions.flatMap(({ recommendations }) => recommendations.filter((item) => item.number === number));
  return pack.checks.get(found.at(-1)?.check ?? "") ?? null;
}

function oldestFirst(a: Benchmark, b: Benchmark): number {
  return byNumber(a.version, b.version);
}
