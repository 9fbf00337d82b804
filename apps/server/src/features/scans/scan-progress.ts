import type { LiveEvents } from "../../live-events.ts";

export interface Progress {
  readonly done: number;
  readonly total: number;
}

const none: Progress = { done: 0, total: 0 };
const maxTracked = 10_000;

/** How far running scans are, as their agents last told any process. In memory only: it is for people watching. */
export class ScanProgress {
  readonly #byItem = new Map<string, Progress>();

  constructor(events: LiveEvents) {
    events.onEvent((_, event) => {
      if (event.type !== "scan") return;
      this.#byItem.delete(event.workItemId);
      if (event.state !== "running" || event.total === 0) return;
      this.#byItem.set(event.workItemId, { done: event.done, total: event.total });
      const oldest = this.#byItem.keys().next();
      if (this.#byItem.size > maxTracked && !oldest.done) this.#byItem.delete(oldest.value);
    });
  }

  /** 0 of 0 until the agent reports. */
  of(workItemId: string): Progress {
    return this.#byItem.get(workItemId) ?? none;
  }
}
