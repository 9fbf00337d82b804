import type { Pack } from "@holdfast/content/pack";
import type { FactAddress } from "@holdfast/contracts/fact";
import type { Finding } from "@holdfast/contracts/finding";
import { canonicalJson } from "@holdfast/contracts/json";
import { factRequestsOfChecks } from "@holdfast/engine/fact-requests";
import type { Tx } from "../../context.ts";
import { type DeflatedText, deflateText, inflateText } from "../../http/deflated-text.ts";
import { type Exception, selectInForce } from "../exceptions/queries.ts";
import { Kept } from "./kept.ts";
import { leftOut } from "./outcome.ts";
import { type JudgedResult, type Layout, selectFactIds, selectLayout } from "./queries.ts";
import { type ReadFinding, readFindings } from "./read-findings.ts";
import { withExceptions } from "./with-exceptions.ts";

/** What a judgement found, as an interface shows it, but for exceptions: they come and go. */
interface Shown {
  /** "" when no benchmark fits. */
  readonly benchmark: string;
  /** A JSON array, UTF-8. */
  readonly text: DeflatedText;
  readonly findings: readonly (Pick<Finding, "checkId" | "status" | "severity"> & {
    /** Where its object ends in the text, past the closing brace. */
    readonly end: number;
  })[];
}

export interface ShownResult {
  /** With the exceptions in force. */
  readonly result: JudgedResult;
  /** A JSON array, UTF-8. */
  readonly findings: DeflatedText;
}

/** Bytes of judgements kept, some hundred; and characters of findings, some ten thousand. */
const defaultRoom = { judgements: 20_000_000, pieces: 20_000_000 };
/** What is kept of a finding beside its text, about. */
const bytesOfFinding = 100;

/** A finding and its JSON object. */
interface Piece extends Pick<Finding, "checkId" | "status" | "severity"> {
  readonly text: string;
}

/**
 * Findings as JSON text; reading facts, judging and writing text is what a report costs. A judgement never changes, so its text
 * is kept while there is room. Facts are interned, so what a check finds on the same ones is the same text on every device: of
 * a judgement that was not shown before, only what no other has found is worked out.
 */
export class ShownFindings {
  readonly #present: (finding: ReadFinding) => object;
  readonly #known: Kept<number, Shown>;
  readonly #pieces: Kept<string, Piece>;

  /**
   * @param present how the interface shows a finding; with an exception it adds a member `exception`, and nothing else.
   * @param room for judgements in bytes, for findings in characters.
   */
  constructor(present: (finding: ReadFinding) => object, room = defaultRoom) {
    this.#present = present;
    this.#known = new Kept(
      room.judgements,
      ({ text, findings }) => text.blocks.length + findings.length * bytesOfFinding,
    );
    this.#pieces = new Kept(room.pieces, ({ text }, key) => text.length + key.length);
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
    if (covered.every(({ exception }) => exception === null)) return { result, findings: shown.text };
    const findings = deflateText(textWith(inflateText(shown.text), covered));
    return { result: withExceptions(tx.services, result, covered), findings };
  }

  async #shown(tx: Tx, result: JudgedResult): Promise<Shown> {
    const known = this.#known.get(result.id);
    if (known !== undefined) return known;
    const { benchmark, pieces } = await this.#piecesOf(tx, result);
    let end = 0;
    const findings = pieces.map(({ checkId, status, severity, text }) => {
      // A bracket or a comma goes before it.
      end += 1 + Buffer.byteLength(text);
      return { checkId, status, severity, end };
    });
    const text = deflateText(Buffer.from(`[${pieces.map((piece) => piece.text).join(",")}]`));
    const made = { benchmark, text, findings };
    this.#known.set(result.id, made);
    return made;
  }

  async #piecesOf(
    tx: Tx,
    result: JudgedResult,
  ): Promise<{ readonly benchmark: string; readonly pieces: readonly Piece[] }> {
    if (result.factSetId === null || result.layoutId === null) {
      const { benchmark, findings } = await readFindings(tx, result);
      return { benchmark: benchmark?.id ?? "", pieces: findings.map((found) => this.#pieceOf(found)) };
    }
    const layout = await selectLayout(tx, result.layoutId);
    const keys = keysOf(tx, result, layout, await selectFactIds(tx, result.factSetId));
    const pieces = new Map<string, Piece | null>();
    for (const [number, key] of keys) pieces.set(number, this.#pieces.get(key) ?? null);
    const missing = new Set([...keys.keys()].filter((number) => pieces.get(number) === null));
    const { findings } = missing.size === 0 ? { findings: [] } : await readFindings(tx, result, missing);
    for (const found of findings) {
      const piece = this.#pieceOf(found);
      pieces.set(piece.checkId, piece);
      this.#pieces.set(keys.get(piece.checkId) ?? "", piece);
    }
    return { benchmark: layout.benchmark, pieces: [...pieces.values()].filter((piece) => piece !== null) };
  }

  #pieceOf(found: ReadFinding): Piece {
    const { checkId, status, severity } = found.finding;
    return { checkId, status, severity, text: JSON.stringify(this.#present({ ...found, exception: null })) };
  }
}

/** All that the text of a finding depends on, by the number of its recommendation, in the order of the benchmark. */
function keysOf(
  tx: Tx,
  { layoutId, statuses, parameters }: JudgedResult,
  { benchmark: id, version, numbers }: Layout,
  factIds: ReadonlyMap<FactAddress, number>,
): Map<string, string> {
  const { pack } = tx.services;
  const benchmark = pack.benchmarks.find((item) => item.id === id && item.version === version);
  const checks = new Map(benchmark?.recommendations.map(({ number, check }) => [number, check]));
  const values = parameters === null ? "" : canonicalJson(parameters);
  const keys = new Map<string, string>();
  for (const [place, number] of numbers.entries()) {
    const code = statuses[place] ?? leftOut;
    if (code === leftOut) continue;
    const facts = addressesOf(pack, checks.get(number) ?? "").map((address) => factIds.get(address) ?? "");
    keys.set(number, `${layoutId} ${number} ${code} ${facts.join(",")} ${values}`);
  }
  return keys;
}

const addressesByCheck = new WeakMap<Pack, Map<string, readonly FactAddress[]>>();

/** What a check looks at. */
function addressesOf(pack: Pack, checkId: string): readonly FactAddress[] {
  const known = addressesByCheck.get(pack) ?? new Map<string, readonly FactAddress[]>();
  addressesByCheck.set(pack, known);
  const addresses = known.get(checkId) ?? factRequestsOfChecks(pack, [checkId]).map(({ address }) => address);
  known.set(checkId, addresses);
  return addresses;
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
