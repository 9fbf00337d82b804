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
  /** A JSON array, UTF-8. */
  readonly text: Buffer;
  readonly findings: readonly (Pick<Finding, "checkId" | "status" | "severity"> & {
    /** Where its object ends in the text, past the closing brace. */
    readonly end: number;
  })[];
}

export interface ShownResult {
  /** With the exceptions in force. */
  readonly result: JudgedResult;
  /** A JSON array, UTF-8. */
  readonly findings: Buffer;
}

/** Bytes kept, some hundred judgements. */
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
    const shown = await this.#shown(tx, result);
    const { benchmark } = shown;
    const inForce = exceptions.get(benchmark) ?? (await selectInForce(tx, result.deviceId, benchmark));
    exceptions.set(benchmark, inForce);
    if (inForce.size === 0) return { result, findings: shown.text };
    const covered = shown.findings.map((finding) => ({
      finding,
      exception: finding.status === "fail" ? (inForce.get(finding.checkId) ?? null) : null,
    }));
    return { result: withExceptions(tx.services, result, covered), findings: textWith(shown.text, covered) };
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
    let end = 0;
    const texts: string[] = [];
    const places = findings.map((found) => {
      const { checkId, status, severity } = found.finding;
      const text = JSON.stringify(this.#present({ ...found, exception: null }));
      texts.push(text);
      // A bracket or a comma goes before it.
      end += 1 + Buffer.byteLength(text);
      return { checkId, status, severity, end };
    });
    const made = { benchmark: benchmark?.id ?? "", text: Buffer.from(`[${texts.join(",")}]`), findings: places };
    this.#size += made.text.length;
    for (const [id, { text }] of this.#known) {
      if (this.#size <= maxSize) break;
      this.#known.delete(id);
      this.#size -= text.length;
    }
    return made;
  }
}

/** The text with a member `exception` in each finding that one covers. */
function textWith(
  text: Buffer,
  covered: readonly { readonly finding: { readonly end: number }; readonly exception: Exception | null }[],
): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (const { finding, exception } of covered) {
    if (exception === null) continue;
    const brace = finding.end - 1;
    parts.push(text.subarray(from, brace), Buffer.from(memberOf(exception)));
    from = brace;
  }
  return Buffer.concat([...parts, text.subarray(from)]);
}

function memberOf({ id, reason, expiresAt }: Exception): string {
  return `,"exception":${JSON.stringify({ id, reason, expiresAt: expiresAt?.toISOString() ?? null })}`;
}
