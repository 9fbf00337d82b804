import { createServer } from "node:net";
import { CommandError, exitCode } from "../exit.ts";

/** Where `up` listens unless told otherwise. */
export const defaultPort = 8423;

/** The option, else HOLDFAST_PORT, else 8423. @throws CommandError for anything but 1–65535. */
export function portOf(option: string | undefined, environment: NodeJS.ProcessEnv = process.env): number {
  const text = option ?? environment["HOLDFAST_PORT"] ?? String(defaultPort);
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new CommandError(`"${text}" is no port; give a number from 1 to 65535.`, exitCode.usage);
}

/** Makes sure nothing listens there, before anything is started. @throws CommandError in one sentence. */
export async function requireFreePort(port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => reject(refusal(error, port)));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve()));
  });
}

function refusal(error: NodeJS.ErrnoException, port: number): CommandError {
  if (error.code === "EADDRINUSE") {
    return new CommandError(`Port ${port} is in use; choose another with --port, or stop what listens there.`);
  }
  if (error.code === "EACCES") {
    return new CommandError(`Port ${port} needs root; choose one above 1023 with --port.`);
  }
  return new CommandError(`Cannot listen on port ${port}: ${error.message}.`, undefined, { cause: error });
}
