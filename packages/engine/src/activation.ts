import type { Activation } from "@holdfast/contracts/plan";
import { isBooted } from "./booted.ts";
import type { WritableHost } from "./host.ts";

/** What was changed is not accepted by the program it is for, or the program did not take it up. */
export class ActivationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ActivationError";
  }
}

/** A named step after changes: first everything is validated, then everything is activated. */
interface ActivationSteps {
  /** @throws ActivationError when the program would not start with what is on disk now. */
  validate(host: WritableHost): Promise<void>;
  /** Makes the running program take up what is on disk; nothing where it does not run. @throws ActivationError */
  activate(host: WritableHost): Promise<void>;
}

const sshd = "/usr/sbin/sshd";

const steps: Readonly<Record<Activation, ActivationSteps>> = {
  none: { validate: async () => {}, activate: async () => {} },
  reload_sshd: {
    /** @see sshd(8), -t; it must be named by its full path. Nothing to validate for where it is not installed. */
    async validate(host) {
      if (!host.live || (await host.stat(sshd)) === null) return;
      const { exitCode, stderr } = await host.run([sshd, "-t"], { timeoutMs: 30_000 });
      // Where it has never been started it says so, after it has accepted its configuration.
      if (exitCode === 0 || /missing privilege separation directory|no hostkeys available/i.test(stderr)) return;
      throw new ActivationError(`sshd does not accept its configuration: ${reasonOf(stderr, exitCode)}`);
    },
    /** The unit is ssh.service on Debian and its kin, sshd.service elsewhere. Not running: the next start reads the files. */
    async activate(host) {
      if (!(await isBooted(host))) return;
      for (const unit of ["ssh.service", "sshd.service"]) {
        const { exitCode } = await host.run(["systemctl", "is-active", "--quiet", unit]);
        if (exitCode !== 0) continue;
        const reload = await host.run(["systemctl", "reload", unit], { timeoutMs: 30_000 });
        if (reload.exitCode === 0) return;
        throw new ActivationError(`${unit} could not be reloaded: ${reasonOf(reload.stderr, reload.exitCode)}`);
      }
    },
  },
};

/** Runs the steps of activations, validation of all before activation of any. @throws ActivationError, UnreadableError */
export async function activateAll(host: WritableHost, activations: readonly Activation[]): Promise<void> {
  for (const activation of activations) await steps[activation].validate(host);
  for (const activation of activations) await steps[activation].activate(host);
}

function reasonOf(stderr: string, exitCode: number): string {
  return stderr.trim().slice(0, 500) || `it ends with ${exitCode}`;
}
