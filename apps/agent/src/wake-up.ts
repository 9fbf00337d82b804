/** A sleep that can be ended. A ring while nobody sleeps ends the next sleep at once, so none is lost. */
export interface WakeUp {
  readonly ring: () => void;
  /** Resolves after the time, at the next ring, or when the signal aborts. */
  sleep(ms: number): Promise<void>;
}

export function wakeUp(signal: AbortSignal): WakeUp {
  let rung = false;
  let wake: (() => void) | null = null;
  const ring = (): void => {
    rung = true;
    wake?.();
  };
  signal.addEventListener("abort", ring);
  return {
    ring,
    async sleep(ms) {
      if (!rung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      wake = null;
      rung = false;
    },
  };
}
