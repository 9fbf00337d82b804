/** What the exit status of every command means; docs/cli.md lists them for users. */
export const exitCode = {
  ok: 0,
  /** The command worked and the answer is "not good enough": below --fail-under, a fix that was rolled back, invalid content. */
  notGood: 1,
  /** Wrong words on the command line. */
  usage: 2,
  /** It could not be done: unreadable machine, no benchmark, no database, a busy port. */
  failed: 3,
} as const;

/** Ends the command with a sentence for the user and an exit status; never a stack trace. */
export class CommandError extends Error {
  readonly exitCode: number;
  constructor(message: string, code: number = exitCode.failed, options?: ErrorOptions) {
    super(message, options);
    this.name = "CommandError";
    this.exitCode = code;
  }
}
