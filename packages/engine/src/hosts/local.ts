import { realpath } from "node:fs/promises";
import { hostname } from "node:os";
import { UnreadableError, type WritableHost } from "../host.ts";
import { fileReads } from "./file-reads.ts";
import { fileWalk } from "./file-walk.ts";
import { fileWrites } from "./file-writes.ts";
import { kernelWrites } from "./kernel-writes.ts";
import { readPlatform } from "./os-release.ts";
import { isAbsent } from "./read-failure.ts";
import { runProgram } from "./run-program.ts";

/**
 * This machine.
 *
 * @example const { facts } = await collectFacts(localHost(), requests);
 */
export function localHost(): WritableHost {
  const privileged = process.geteuid?.() === 0;
  const door = {
    privileged,
    resolvesLinks: false,
    async locate(path: string): Promise<string> {
      if (!path.startsWith("/") || path.includes("\0"))
        throw new UnreadableError("invalid", `not an absolute path: ${path.slice(0, 200)}`);
      return path;
    },
  };
  const { failure, ...reads } = fileReads(door);
  const host: WritableHost = {
    live: true,
    privileged,
    hostname: hostname(),
    platform: () => readPlatform(host),
    run: (command, options) => runProgram(command, privileged, options),
    async realPath(path) {
      try {
        return await realpath(await door.locate(path));
      } catch (error) {
        if (isAbsent(error)) return null;
        throw failure(error, path);
      }
    },
    walk: fileWalk(door, ""),
    ...reads,
    ...fileWrites(door),
    ...kernelWrites(privileged),
  };
  return host;
}
