import { type Logger, pino } from "pino";

/** Never in the log: what signs in or proves who someone is. */
const redact = [
  "req.headers.authorization",
  "req.headers.cookie",
  'req.headers["x-holdfast-signature"]',
  'res.headers["set-cookie"]',
  "*.password",
  "*.token",
  "*.accessToken",
  "*.refreshToken",
];

/** JSON lines to a file, or to standard error. */
export function createLog(level: string, file: string | null): Logger {
  const destination = pino.destination(
    file === null ? { fd: 2, sync: false } : { dest: file, mkdir: true, sync: false },
  );
  return pino({ level, redact: { paths: redact, censor: "[redacted]" } }, destination);
}
