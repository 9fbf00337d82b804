import type { Finding } from "@holdfast/contracts/finding";
import type { Tx } from "../../context.ts";
import { type Exception, selectInForce } from "../exceptions/queries.ts";
import type { JudgedResult } from "./queries.ts";
import { type ReadFinding, readFindings } from "./read-findings.ts";
import { withExceptions } from "./with-exceptions.ts";

/** What a judgement found, as an interface shows it, but for exceptions: they come and go. */
interface Shown {
  /** "" when no benchmark fits. */
  readonly benchmark: string;
  readonly findings: readonly {
    readonly finding: Pick<Finding, "checkId" | "status" | "severity">;
    /** A JSON object. */
    readonly text: string;
  }[];
  readonly size: number;
}

export interface ShownResult {
  /** With the exceptions in force. */
  readonly result: JudgedResult;
  /** A JSON array. */
  readonly findings: string;
}

/** Characters kept, some hundred judgements. */
const maxSize = 32_000_000;

/**
 * Findings as JSON text. A judgement never changes, so its text is worked out once and kept while there is room; reading
 * facts, judging and writing text is what a report costs.
 */
export class ShownFindings {
  readonly #present: (finding: ReadFinding) => object;
  readonly #known = new Map<number, Shown>();
  #size = 0;

  /** @param present how the interface shows a finding; with an exception it adds a member `exception`, and nothing else. */
  constructor(present: (finding: ReadFinding) => object) {
    this.#present = present;
  }

  /** @param exceptions those in force, by benchmark, as far as they were read for this device already. */
  async read(
    tx: Tx,
    result: JudgedResult,
    exceptions: Map<string, ReadonlyMap<string, Exception>>,
  ): Promise<ShownResult> {
    const { benchmark, findings } = await this.#shown(tx, result);
    const inForce = exceptions.get(benchmark) ?? (await selectInForce(tx, result.deviceId, benchmark));
    exceptions.set(benchmark, inForce);
    const covered = findings.map(({ finding, text }) => ({
      finding,
      text,
      exception: finding.status === "fail" ? (inForce.get(finding.checkId) ?? null) : null,
    }));
    const texts = covered.map(({ text, exception }) => (exception === null ? text : withException(text, exception)));
    return { result: withExceptions(tx.services, result, covered), findings: `[${texts.join(",")}]` };
  }

  async #shown(tx: Tx, result: JudgedResult): Promise<Shown> {
    const known = this.#known.get(result.id) ?? (await this.#make(tx, result));
    // The one used last is the last to go.
    this.#known.delete(result.id);
    this.#known.set(result.id, known);
    return known;
  }

  async #make(tx: Tx, result: JudgedResult): Promise<Shown> {
    const { benchmark, findings } = await readFindings(tx, result);
    const shown = findings.map((found) => {
      const { checkId, status, severity } = found.finding;
      const text = JSON.stringify(this.#present({ ...found, exception: null }));
      return { finding: { checkId, status, severity }, text };
    });
    const made = {
      benchmark: benchmark?.id ?? "",
      findings: shown,
      size: shown.reduce((sum, { text }) => sum + text.length, 0),
    };
    this.#size += made.size;
    for (const [id, { size }] of this.#known) {
      if (this.#size <= maxSize) break;
      this.#known.delete(id);
      this.#size -= size;
    }
    return made;
  }
}

function withException(text: string, { id, reason, expiresAt }: Exception): string {
  const exception = { id, reason, expiresAt: expiresAt?.toISOString() ?? null };
  return `${text.slice(0, -1)},"exception":${JSON.stringify(exception)}}`;
}
