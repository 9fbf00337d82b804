import type { Activation } from "@holdfast/contracts/plan";
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
      if (host.live && (await host.stat(sshd)) !== null)
        await mustSucceed(host, [sshd, "-t"], "sshd does not accept its configuration");
    },
    /** The unit is ssh.service on Debian and its kin, sshd.service elsewhere. Not running: the next start reads the files. */
    async activate(host) {
      if (!(await isBooted(host))) return;
      for (const unit of ["ssh.service", "sshd.service"]) {
        const { exitCode } = await host.run(["systemctl", "is-active", "--quiet", unit]);
        if (exitCode !== 0) continue;
        return mustSucceed(host, ["systemctl", "reload", unit], `${unit} could not be reloaded`);
      }
    },
  },
};

/** Runs the steps of activations, validation of all before activation of any. @throws ActivationError, UnreadableError */
export async function activateAll(host: WritableHost, activations: readonly Activation[]): Promise<void> {
  for (const activation of activations) await steps[activation].validate(host);
  for (const activation of activations) await steps[activation].activate(host);
}

/** Whether systemd runs the machine. @see sd_booted(3) */
async function isBooted(host: WritableHost): Promise<boolean> {
  return host.live && (await host.stat("/run/systemd/system"))?.type === "directory";
}

async function mustSucceed(
  host: WritableHost,
  command: readonly [string, ...string[]],
  problem: string,
): Promise<void> {
  const { exitCode, stderr } = await host.run(command, { timeoutMs: 30_000 });
  if (exitCode !== 0) throw new ActivationError(`${problem}: ${stderr.trim().slice(0, 500) || `status ${exitCode}`}`);
}
