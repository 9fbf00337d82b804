import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { UnreadableError } from "../host.ts";

const maxBytes = 8 * 1024 * 1024;

/**
 * A regular file's text, bad UTF-8 replaced. A FIFO or a device is refused without waiting for it or touching it more
 * than opening does.
 *
 * @param shownPath the path in messages.
 * @param lastLink whether a link in the last component is followed.
 * @throws UnreadableError for anything but a regular file, and over 8 MiB; the system's own error otherwise.
 */
export async function readRegularFile(path: string, shownPath: string, lastLink: "follow" | "refuse"): Promise<string> {
  // O_NONBLOCK: opening a FIFO for reading would wait for a writer. O_NOCTTY: a terminal must not become ours.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
  const handle = await open(path, lastLink === "refuse" ? flags | constants.O_NOFOLLOW : flags);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new UnreadableError("unreadable", `not a regular file: ${shownPath}`);
    if (stats.size > maxBytes) throw new UnreadableError("too_large", `over 8 MiB: ${shownPath}`);
    return await readToEnd(handle, stats.size, shownPath);
  } finally {
    await handle.close();
  }
}

/** Reads on past the size: /proc and /sys give 0, and a log may grow. */
async function readToEnd(handle: Awaited<ReturnType<typeof open>>, size: number, shownPath: string): Promise<string> {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const buffer = Buffer.allocUnsafe(total === 0 && size > 0 ? size + 1 : 65_536);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) return Buffer.concat(chunks).toString("utf8");
    chunks.push(buffer.subarray(0, bytesRead));
    total += bytesRead;
    if (total > maxBytes) throw new UnreadableError("too_large", `over 8 MiB: ${shownPath}`);
  }
}
