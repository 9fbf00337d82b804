import type { LiveEvent } from "@holdfast/contracts/own-api";
import { openStream } from "./api-client.ts";

const retryMs = 3_000;

/** Calls back for every event until aborted; connects again when the stream ends. Never throws. */
export async function followEvents(onEvent: (event: LiveEvent) => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await readEvents(await openStream("/events", signal), onEvent);
    } catch {
      // The server is away or the session has ended: the next request of the page shows that; here we only retry.
    }
    await new Promise((resolve) => setTimeout(resolve, signal.aborted ? 0 : retryMs));
  }
}

/** Takes the `data:` lines of a text/event-stream apart (HTML Living Standard, server-sent events). */
export async function readEvents(stream: ReadableStream<string>, onEvent: (event: LiveEvent) => void): Promise<void> {
  const reader = stream.getReader();
  let rest = "";
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    const blocks = (rest + chunk.value).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const data = block
        .split("\n")
        .filter((line) => line.startsWith("data:"))
        .map((line) => line.slice(5).trim())
        .join("\n");
      if (data !== "") onEvent(JSON.parse(data) as LiveEvent);
    }
  }
}
