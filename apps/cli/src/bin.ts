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
setTimeout(() => process.exit(), 2_000).unref();
