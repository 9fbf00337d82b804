export interface ProgressLine {
  readonly update: (done: number, total: number) => void;
  /** Takes the line away again. */
  readonly clear: () => void;
}

const redrawMs = 80;

/** One line that is redrawn on a terminal, and silence anywhere else. */
export function progressLine(stream: NodeJS.WriteStream, verb: string): ProgressLine {
  if (!stream.isTTY) return { update: () => {}, clear: () => {} };
  let drawnAt = 0;
  return {
    update(done, total) {
      const now = performance.now();
      if (now - drawnAt < redrawMs && done !== total) return;
      drawnAt = now;
      const filled = total === 0 ? 0 : Math.round((20 * done) / total);
      stream.write(`\r\u001b[K${verb} ${"█".repeat(filled)}${"░".repeat(20 - filled)} ${done}/${total}`);
    },
    clear: () => stream.write("\r\u001b[K"),
  };
}
