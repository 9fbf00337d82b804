import type { TrendPoint } from "./get-trend.ts";
import type { OutcomeDay } from "./queries.ts";

/** Where all agents stand, kept up while outcomes are replayed in the order of time. */
export class Standing {
  readonly #thresholds: ReadonlyMap<string, number>;
  readonly #outcomes = new Map<string, OutcomeDay>();
  readonly #belowByDevice = new Map<string, number>();
  #compliant = 0;
  #failed = 0;
  #scoreSum = 0;
  #scored = 0;

  /** @param thresholds of the policies, by id. */
  constructor(thresholds: ReadonlyMap<string, number>) {
    this.#thresholds = thresholds;
  }

  /** How many have a result. */
  get agents(): number {
    return this.#belowByDevice.size;
  }

  /** The outcome holds from now on, in place of the one before it of the same device and policy. */
  apply(outcome: OutcomeDay): void {
    const key = `${outcome.deviceId} ${outcome.policyId}`;
    const before = this.#outcomes.get(key);
    this.#outcomes.set(key, outcome);
    this.#add(outcome, 1);
    if (before !== undefined) this.#add(before, -1);
    const below = this.#belowByDevice.get(outcome.deviceId);
    const belowNow =
      (below ?? 0) + Number(this.#isBelow(outcome)) - Number(before !== undefined && this.#isBelow(before));
    this.#belowByDevice.set(outcome.deviceId, belowNow);
    this.#compliant += Number(belowNow === 0) - Number(below === 0);
  }

  sums(): Omit<TrendPoint, "date"> {
    return {
      average: this.#scored === 0 ? null : this.#scoreSum / this.#scored,
      agents: this.agents,
      compliant: this.#compliant,
      failed: this.#failed,
    };
  }

  #add({ score, failCount }: OutcomeDay, sign: 1 | -1): void {
    this.#failed += sign * failCount;
    this.#scoreSum += sign * (score ?? 0);
    this.#scored += score === null ? 0 : sign;
  }

  #isBelow({ policyId, score }: OutcomeDay): boolean {
    return score === null || score < (this.#thresholds.get(policyId) ?? 0);
  }
}
