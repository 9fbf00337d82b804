import type { FactAddress, Facts, Observation } from "@holdfast/contracts/fact";
import type { FindingStatus } from "@holdfast/contracts/verdict";
import { blends } from "./blended-states.ts";
import type { TestableBenchmark } from "./testable-benchmark.ts";

/** What to put at some addresses. */
type Change = ReadonlyMap<FactAddress, Observation>;

export interface Goals {
  /** Verdicts that must come out, by place. */
  readonly wanted: ReadonlyMap<number, FindingStatus>;
  /** What a verdict of any other place costs; 0 is best. */
  cost(place: number, status: FindingStatus): number;
}

export interface Chosen {
  readonly facts: Facts;
  /** The verdict of every place. */
  readonly statuses: readonly FindingStatus[];
  /** Places that do not have the wanted verdict; empty when the goals are met. */
  readonly unmet: readonly number[];
}

interface Position {
  readonly facts: Facts;
  readonly statuses: readonly FindingStatus[];
  /** Of all places but the wanted ones. */
  readonly cost: number;
}

interface Search {
  readonly benchmark: TestableBenchmark;
  readonly goals: Goals;
  /** The facts of the position looked at; changed and put back while changes are tried. */
  readonly scratch: Map<FactAddress, Observation>;
  /** How many verdicts may still be judged to leave the rest as it was. */
  budget: number;
}

const attempts = 8;
const settlingBudget = 6_000;

/**
 * Changes facts so that wanted verdicts come out and as little else as possible changes. Facts are taken from the proofs
 * and judged, so what is said to be met is met. The same question has the same answer.
 */
export function chooseFacts(benchmark: TestableBenchmark, facts: Facts, goals: Goals): Chosen {
  const start = positionOf(benchmark, goals, facts);
  let best: { readonly position: Position; readonly unmet: readonly number[] } | null = null;
  // Those that could not be met go first the next time, when nothing is in their way yet.
  let order = [...goals.wanted.keys()];
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const reached = reach(benchmark, goals, start, order);
    if (best === null || reached.unmet.length < best.unmet.length) best = reached;
    if (best.unmet.length === 0 || order.slice(0, reached.unmet.length).every((place) => reached.unmet.includes(place)))
      break;
    const late = new Set(reached.unmet);
    order = [...reached.unmet, ...order.filter((place) => !late.has(place))];
  }
  const { position, unmet } = best ?? { position: start, unmet: [] };
  const settled = unmet.length === 0 ? settle(benchmark, goals, position, settlingBudget) : position;
  return { facts: settled.facts, statuses: settled.statuses, unmet };
}

/**
 * The facts changed place by place until no single change makes the rest cheaper; what is wanted stays as it is.
 *
 * @param budget about how many verdicts are judged at most.
 */
export function settle(
  benchmark: TestableBenchmark,
  goals: Goals,
  from: Position,
  budget = Number.POSITIVE_INFINITY,
): Position {
  const search: Search = { benchmark, goals, scratch: new Map(from.facts), budget };
  let position = from;
  for (let round = 0; round < 4; round += 1) {
    const before = position.cost;
    for (const place of benchmark.places.keys()) {
      const status = position.statuses[place];
      if (goals.wanted.has(place) || status === undefined || goals.cost(place, status) === 0) continue;
      position = cheaper(search, position, place) ?? position;
    }
    if (position.cost === before) break;
  }
  return position;
}

/** Where a search begins: any facts, judged. */
export function positionOf(benchmark: TestableBenchmark, goals: Goals, facts: Facts): Position {
  const statuses = benchmark.places.map((_, place) => benchmark.judge(place, facts));
  return { facts, statuses, cost: totalCost(goals, statuses) };
}

/** Meets one goal after the other, each by its cheapest change that keeps those before it. */
function reach(
  benchmark: TestableBenchmark,
  goals: Goals,
  start: Position,
  order: readonly number[],
): { readonly position: Position; readonly unmet: readonly number[] } {
  const search: Search = { benchmark, goals, scratch: new Map(start.facts), budget: Number.POSITIVE_INFINITY };
  let position = start;
  const kept = new Set<number>();
  const unmet: number[] = [];
  for (const place of order) {
    const next = stepTo(search, position, place, kept);
    if (next === null) {
      unmet.push(place);
    } else {
      position = next;
      kept.add(place);
    }
  }
  return { position, unmet };
}

/** The cheapest position in which the place has its wanted verdict and those kept still have theirs; null when none is found. */
function stepTo(search: Search, position: Position, place: number, kept: ReadonlySet<number>): Position | null {
  const { benchmark, goals } = search;
  const wanted = goals.wanted.get(place);
  if (wanted === undefined || position.statuses[place] === wanted) return position;
  // A failure that can be fixed is the one to have: then a remediation can be tried on it.
  const wantsPlan = wanted === "fail" && benchmark.canHavePlan(place);
  let best: (Move & { readonly broken: number; readonly hasPlan: boolean }) | null = null;
  for (const change of changesFor(benchmark, position.facts, place, wanted)) {
    const move = tried(search, position, kept, { place, willDo: (status) => status === wanted, change });
    if (move === null) continue;
    const broken = brokenBetween(goals, position, move);
    const worse = best === null ? -1 : broken - best.broken || move.cost - best.cost;
    if (worse > 0 || (worse === 0 && (best?.hasPlan || !wantsPlan))) continue;
    const hasPlan = wantsPlan && benchmark.hasPlan(place, new Map([...position.facts, ...change]));
    if (worse === 0 && !hasPlan) continue;
    best = { ...move, broken, hasPlan };
    // With something at hand that costs nothing, the rest is not looked at.
    if (broken === 0 && move.cost <= position.cost && hasPlan === wantsPlan) break;
  }
  return best === null ? null : made(search, position, best);
}

/** A cheaper position by a change for this place, the cheapest; null when there is none. */
function cheaper(search: Search, position: Position, place: number): Position | null {
  const { benchmark, goals } = search;
  const status = position.statuses[place];
  if (status === undefined) return null;
  const currentCost = goals.cost(place, status);
  let best: Move | null = null;
  for (const change of changesFor(benchmark, position.facts, place, null)) {
    if (search.budget <= 0) break;
    const willDo = (after: FindingStatus): boolean => goals.cost(place, after) < currentCost;
    const move = tried(search, position, goals.wanted, { place, willDo, change });
    if (move !== null && move.cost < (best ?? position).cost) best = move;
    if (best !== null && best.cost <= position.cost - currentCost) break;
  }
  return best === null ? null : made(search, position, best);
}

/** How many goals that were met are not met any more. */
function brokenBetween(
  { wanted }: Goals,
  before: Pick<Position, "statuses">,
  after: Pick<Position, "statuses">,
): number {
  return [...wanted].filter(([place, status]) => before.statuses[place] === status && after.statuses[place] !== status)
    .length;
}

interface Move extends Pick<Position, "statuses" | "cost"> {
  readonly change: Change;
}

/** A change for a place, and the verdicts of the place with which it is of use. */
interface Attempt {
  readonly place: number;
  readonly change: Change;
  willDo(status: FindingStatus): boolean;
}

/**
 * Where a change leads; null when it is of no use, or alters a verdict to keep.
 *
 * @param kept the places that have the wanted verdict and must go on having it.
 */
function tried(
  search: Search,
  from: Position,
  kept: { has(place: number): boolean },
  { place, change, willDo }: Attempt,
): Move | null {
  const { benchmark, goals, scratch } = search;
  for (const [address, observation] of change) scratch.set(address, observation);
  try {
    if (!willDo(benchmark.judge(place, scratch))) return null;
    const affected = [...new Set([...change.keys()].flatMap((address) => benchmark.placesAt(address)))];
    const statuses = [...from.statuses];
    let cost = from.cost;
    for (const other of [...affected.filter((one) => kept.has(one)), ...affected.filter((one) => !kept.has(one))]) {
      search.budget -= 1;
      const [before, after] = [statuses[other], benchmark.judge(other, scratch)];
      if (before === undefined || before === after) continue;
      if (kept.has(other)) return null;
      statuses[other] = after;
      if (!goals.wanted.has(other)) cost += goals.cost(other, after) - goals.cost(other, before);
    }
    return { statuses, cost, change };
  } finally {
    for (const address of change.keys()) {
      const before = from.facts.get(address);
      if (before === undefined) scratch.delete(address);
      else scratch.set(address, before);
    }
  }
}

function made({ scratch }: Search, from: Position, { statuses, cost, change }: Move): Position {
  for (const [address, observation] of change) scratch.set(address, observation);
  return { facts: new Map([...from.facts, ...change]), statuses, cost };
}

function totalCost(goals: Goals, statuses: readonly FindingStatus[]): number {
  return statuses.reduce((sum, status, place) => sum + (goals.wanted.has(place) ? 0 : goals.cost(place, status)), 0);
}

/**
 * Changes that may give the place another verdict, the smallest first: one fact, as any proof shows it; a whole proof; a
 * fact between what is there and what a proof shows.
 *
 * @param status the verdict looked for; null: any.
 */
function* changesFor(
  benchmark: TestableBenchmark,
  facts: Facts,
  index: number,
  status: FindingStatus | null,
): Generator<Change> {
  const place = benchmark.places[index];
  if (place === undefined) return;
  const { own, addresses, proofs } = place;
  if (status === "error") {
    for (const address of rarestFirst(benchmark, own)) yield new Map([[address, unreadable(address)]]);
    yield new Map(own.map((address) => [address, unreadable(address)]));
  }
  for (const address of rarestFirst(benchmark, addresses)) {
    for (const observation of benchmark.observationsAt(address)) {
      if (facts.get(address) !== observation) yield new Map([[address, observation]]);
    }
  }
  for (const proof of proofs) {
    if (status !== null && proof.verdict !== status) continue;
    yield new Map([...proof.facts].filter(([address]) => addresses.includes(address)));
    yield new Map([...proof.facts].filter(([address]) => own.includes(address)));
  }
  for (const address of rarestFirst(benchmark, own)) {
    const current = facts.get(address);
    if (current === undefined) continue;
    for (const proof of proofs) {
      const other = proof.facts.get(address);
      if (other === undefined) continue;
      for (const observation of blends(current, other)) yield new Map([[address, observation]]);
    }
  }
  for (const proof of proofs) {
    if (status !== null && proof.verdict !== status) continue;
    const blended = [...proof.facts].map(([address, other]): [FactAddress, Observation] => {
      const current = facts.get(address);
      const [united] = current === undefined ? [] : blends(current, other);
      return [address, united ?? other];
    });
    yield new Map(blended.filter(([address]) => addresses.includes(address)));
  }
}

/** What few others look at is changed before what many do. */
function rarestFirst(benchmark: TestableBenchmark, addresses: readonly FactAddress[]): FactAddress[] {
  return [...addresses].sort((a, b) => benchmark.placesAt(a).length - benchmark.placesAt(b).length);
}

function unreadable(address: FactAddress): Observation {
  return { error: { code: "unreadable", message: `${address.slice(0, 200)} could not be read` } };
}
