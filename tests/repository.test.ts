import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryRoot, trackedFiles } from "./tracked-files.ts";

/** Written in pieces, so that this file does not name what it forbids. */
const forbidden: readonly (readonly [string, RegExp])[] = [
  ["a package registry's host", new RegExp(["registry\\.npm", "js\\.org|", "registry\\.yarn", "pkg\\.com"].join(""))],
  ["a distribution's package host", new RegExp(["deb\\.deb", "ian\\.org|", "security\\.deb", "ian\\.org"].join(""))],
  ["a lock file's download address", new RegExp(['"reso', 'lved": "http'].join(""))],
];

const texts = trackedFiles()
  .map((file) => ({ file, text: readFileSync(path.join(repositoryRoot, file)) }))
  .filter(({ text }) => !text.subarray(0, 8000).includes(0))
  .map(({ file, text }) => ({ file, text: text.toString("utf8") }));

describe("the repository", () => {
  it.each(forbidden)("names nowhere %s", (_what, pattern) => {
    expect(texts.filter(({ text }) => pattern.test(text)).map(({ file }) => file)).toEqual([]);
  });

  it("skips no test and silences no compiler", () => {
    const silencing = new RegExp(["\\b(it|test|describe)\\.(skip|only|todo)\\b|@ts-(igno", "re|noche", "ck)"].join(""));
    const sources = texts.filter(({ file }) => /\.(ts|tsx)$/.test(file) && file !== "tests/repository.test.ts");
    expect(sources.filter(({ text }) => silencing.test(text)).map(({ file }) => file)).toEqual([]);
  });

  it("locks the optional packages of every platform, without which npm ci refuses", () => {
    const { packages } = JSON.parse(readFileSync(path.join(repositoryRoot, "package-lock.json"), "utf8")) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const locked = new Set(Object.keys(packages).map((key) => key.slice(key.lastIndexOf("node_modules/") + 13)));
    const missing = Object.values(packages)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter((name) => !locked.has(name));
    expect(missing).toEqual([]);
  });

  it("has what a newcomer looks for", () => {
    const files = new Set(texts.map(({ file }) => file));
    for (const file of ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "LICENSE", "NOTICE"]) {
      expect(files, file).toContain(file);
    }
  });
});
