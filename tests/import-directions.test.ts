import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryRoot, trackedFiles } from "./tracked-files.ts";

/** Who may import whom, by workspace folder. `cli` may only use the public entry of another app. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "packages/contracts": [],
  "packages/content": ["@holdfast/contracts"],
  "packages/engine": ["@holdfast/contracts", "@holdfast/content"],
  "apps/server": ["@holdfast/contracts", "@holdfast/content", "@holdfast/engine"],
  "apps/agent": ["@holdfast/contracts", "@holdfast/content", "@holdfast/engine"],
  "apps/dashboard": ["@holdfast/contracts"],
  "apps/cli": [
    "@holdfast/contracts",
    "@holdfast/content",
    "@holdfast/engine",
    "@holdfast/server/main",
    "@holdfast/agent/main",
  ],
};

/** The server judges and plans; it never opens a machine. */
const liveHalfOfTheEngine = /^@holdfast\/engine\/(hosts\/|execute|journal|collect)/;
const importPattern = /(?:^|\n)\s*(?:import|export)\b[^"'`;]*?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/g;

interface Import {
  readonly file: string;
  /** The module. */
  readonly name: string;
  /** What is imported of it by name; `type …` for types. */
  readonly names: readonly string[];
}

const imports: readonly Import[] = trackedFiles()
  .filter((file) => /^(apps|packages)\/[^/]+\/src\/.*\.tsx?$/.test(file))
  .flatMap((file) =>
    [...readFileSync(path.join(repositoryRoot, file), "utf8").matchAll(importPattern)].map((match) => ({
      file,
      name: match[1] ?? match[2] ?? "",
      names: namesIn(match[0]),
    })),
  );

describe("imports", () => {
  it("are found at all", () => expect(imports.length).toBeGreaterThan(100));

  it("follow contracts ← content ← engine ← apps", () => {
    const wrong = imports.filter(({ file, name }) => {
      if (!name.startsWith("@holdfast/")) return false;
      const allowed = mayImport[workspaceOf(file)] ?? [];
      return !allowed.some((prefix) => name === prefix || name.startsWith(`${prefix}/`));
    });
    expect(wrong).toEqual([]);
  });

  it("stay inside their workspace when relative", () => {
    const wrong = imports.filter(
      ({ file, name }) =>
        name.startsWith(".") && !path.posix.join(path.posix.dirname(file), name).startsWith(`${workspaceOf(file)}/`),
    );
    expect(wrong).toEqual([]);
  });

  it("keep live hosts out of the server", () => {
    const wrong = imports.filter(
      ({ file, name }) =>
        file.startsWith("apps/server/") && !file.endsWith(".test.ts") && liveHalfOfTheEngine.test(name),
    );
    expect(wrong).toEqual([]);
  });

  it("read another feature's rows by its select functions, and write them only by its verbs", () => {
    const wrong = imports.filter(({ file, name, names }) => {
      const feature = /^apps\/server\/src\/features\/([^/]+)\//.exec(file)?.[1];
      const target = path.posix.join(path.posix.dirname(file), name);
      const other = /^apps\/server\/src\/features\/([^/]+)\/queries\.ts$/.exec(target)?.[1];
      if (other === undefined || other === feature || file.endsWith(".test.ts")) return false;
      return names.some((imported) => !/^(type |select|find|lock)/.test(imported));
    });
    expect(wrong).toEqual([]);
  });
});

function namesIn(statement: string): string[] {
  const list = /\{([^}]*)\}/.exec(statement)?.[1] ?? "";
  const typeOnly = /\b(import|export)\s+type\b/.test(statement) ? "type " : "";
  return list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
    .map((name) => (name.startsWith("type ") ? name : typeOnly + name));
}

function workspaceOf(file: string): string {
  return file.split("/").slice(0, 2).join("/");
}
