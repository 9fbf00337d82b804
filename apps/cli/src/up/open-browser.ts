import { spawn } from "node:child_process";

/** Opens the address in the user's browser where there is a desktop to open it on; silence where there is none. */
export function openBrowser(url: string, environment: NodeJS.ProcessEnv = process.env): void {
  const command = browserCommand(environment);
  if (command === null) return;
  const child = spawn(command, [url], { stdio: "ignore", detached: true });
  child.once("error", () => {});
  child.unref();
}

function browserCommand(environment: NodeJS.ProcessEnv): string | null {
  if (process.platform === "darwin") return "open";
  if (process.platform !== "linux") return null;
  const desktop = environment["DISPLAY"] ?? environment["WAYLAND_DISPLAY"];
  // A browser run by root would refuse to start.
  return desktop !== undefined && process.getuid?.() !== 0 ? "xdg-open" : null;
}
