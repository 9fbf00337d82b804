import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { type ControlRequest, parseRequest } from "./control-requests.ts";

export interface ControlChannelOptions {
  readonly input: Readable;
  /** Writes a line; the newline is not part of it. */
  readonly print: (line: string) => void;
  /** @throws Error with a sentence for the answer. */
  readonly carryOut: (request: ControlRequest) => Promise<unknown>;
  readonly signal: AbortSignal;
}

/**
 * Answers each line of the input with one line, in any order, until the input ends and the last answer is given, or the
 * signal aborts.
 */
export async function serveControlChannel({ input, print, carryOut, signal }: ControlChannelOptions): Promise<void> {
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  const answering = new Set<Promise<void>>();
  lines.on("line", (line) => {
    if (line.trim() === "") return;
    const answer = answerTo(line, carryOut)
      .then((value) => print(JSON.stringify(value)))
      .finally(() => answering.delete(answer));
    answering.add(answer);
  });
  const aborted = once(signal, "abort").catch(() => undefined);
  if (!signal.aborted) await Promise.race([once(lines, "close"), aborted]);
  if (!signal.aborted) await Promise.race([Promise.all(answering), aborted]);
  lines.close();
}

async function answerTo(line: string, carryOut: ControlChannelOptions["carryOut"]): Promise<object> {
  const request = parseRequest(line);
  if (!("op" in request)) return request;
  const { id } = request;
  try {
    return { id, result: (await carryOut(request)) ?? null };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}
