import { main } from "./main.ts";

/*
 * Output may still be on its way into a pipe when the command is done: the status is set and Node left to drain it.
 * A reader that went away early (`holdfast scan | head`) is no error.
 */
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
}
process.exitCode = await main(process.argv.slice(2));
// Nor does what could not be closed keep it, such as a connection to a server that is gone.
setTimeout(end, 2_000).unref();

/**
 * A file system whose server is gone can hold a thread in a read for ever, and process.exit() waits for all of Node's
 * threads. What it held has been reported as an error by then, so only a signal is left (status 137).
 */
function end(): void {
  const reads = process.getActiveResourcesInfo().filter((resource) => resource.startsWith("FSReq"));
  if (reads.length > 0) process.kill(process.pid, "SIGKILL");
  process.exit();
}
