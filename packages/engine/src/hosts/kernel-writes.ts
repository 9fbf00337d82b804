import { writeFile } from "node:fs/promises";
import { kernelParameterPath, type WritableHost } from "../host.ts";
import { runProgram } from "./run-program.ts";
import { WriteRefusedError } from "./write-refused.ts";

type KernelWrites = Pick<WritableHost, "setKernelParameter" | "loadModule" | "unloadModule">;

/** Changes to the kernel this process runs on. @see proc_sys(5), modprobe(8) */
export function kernelWrites(privileged: boolean): KernelWrites {
  async function modprobe(name: string, ...options: string[]): Promise<void> {
    if (!/^[A-Za-z0-9_][A-Za-z0-9_-]*$/.test(name)) throw new WriteRefusedError(`not a module: ${name.slice(0, 100)}`);
    // modprobe.d(5) may have commands to run instead, such as our own /bin/false: --ignore-install goes past them.
    const command = ["modprobe", ...options, "--ignore-install", "--", name] as const;
    const { exitCode, stderr } = await runProgram(command, privileged, { timeoutMs: 30_000 });
    if (exitCode !== 0) throw new WriteRefusedError(stderr.trim().slice(0, 400) || `modprobe: exit status ${exitCode}`);
  }
  return {
    async setKernelParameter(key, value) {
      const path = kernelParameterPath(key);
      try {
        await writeFile(path, `${value}\n`, { flag: "r+" });
      } catch (error) {
        const { code = "" } = error as NodeJS.ErrnoException;
        throw new WriteRefusedError(`the kernel does not take ${value} for ${key}: ${code}`, { cause: error });
      }
    },
    loadModule: (name) => modprobe(name),
    unloadModule: (name) => modprobe(name, "--remove"),
  };
}
