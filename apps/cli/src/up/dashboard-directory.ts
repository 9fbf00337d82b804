import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The built dashboard, beside the built or unbuilt command line; null when it was not built. */
export function dashboardDirectory(): string | null {
  const candidates = ["../../dashboard/dist", "../../../dashboard/dist"].map((relative) =>
    fileURLToPath(new URL(relative, import.meta.url)),
  );
  return candidates.find((directory) => existsSync(`${directory}/index.html`)) ?? null;
}
