/** A Ctrl-C reaches the process group, and `npm start` passes it on as well: what comes so close is one request. */
const oneRequestMs = 1_000;

/** Aborts on SIGINT, SIGTERM or SIGHUP; another one after a second ends the process at once. */
export function stopRequested(): AbortSignal {
  const controller = new AbortController();
  let firstAt = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (!controller.signal.aborted) firstAt = performance.now();
      else if (performance.now() - firstAt > oneRequestMs) process.exit(130);
      controller.abort();
    });
  }
  return controller.signal;
}

/** Resolves when the signal has aborted. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
