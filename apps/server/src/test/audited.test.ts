import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const features = fileURLToPath(new URL("../features/", import.meta.url));

/** Files that write and do not audit, and why not. What is listed and does not need to be, fails too. */
const unaudited: Readonly<Record<string, string>> = {
  "auth/authenticate.ts": "notes when a token was used",
  "auth/guard-guesses.ts": "counts guesses, of addresses without an account too; no organisation's",
  "auth/refresh-session.ts": "a session is no organisation's",
  "auth/sign-in.ts": "a session is no organisation's",
  "auth/sign-out.ts": "a session is no organisation's",
  "checks/list-imported-checks.ts": "part of result.import",
  "checks/require-check.ts": "part of the verbs that switch off or except a check, which audit",
  "devices/presence.ts": "being online is no change",
  "policies/jobs.ts": "finishes what policy.delete began",
  "policies/revise-policies.ts": "part of the verbs that change policies and checks, which audit",
  "remediations/jobs.ts": "carries out what remediation.approve decided",
  "results/imported-findings.ts": "part of result.import",
  "results/insert-fact-set.ts":
    "results are the record of themselves: who, when and what; the log is of people's changes",
  "results/judgement-of.ts": "works out results, which are the record of themselves",
  "results/record-result.ts": "results are the record of themselves",
  "results/store-upload.ts": "results are the record of themselves",
  "scans/claim-work.ts": "carries out a scan that was started or scheduled",
  "scans/open-due-scans.ts": "carries out the schedule that policy.create and policy.update set",
  "scans/release-claimed-work.ts": "carries out a scan that was started or scheduled",
};

interface Source {
  /** Below `features`. */
  readonly file: string;
  readonly text: string;
}

const sources: readonly Source[] = fs
  .readdirSync(features, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .map((file) => ({
    file: file.split(path.sep).join("/"),
    text: withoutComments(fs.readFileSync(path.join(features, file), "utf8")),
  }));
const writes =
  /\.(insertInto|updateTable|deleteFrom|mergeInto)\(|sql(<[^`]*>)?`[^`]*\b(insert into|update \w+ set|delete from)\b/i;
const writers = writingQueries();

it("finds the queries that write", () => {
  expect(writers.size).toBeGreaterThan(30);
  expect(writers).toContain("users/queries.ts#insertAccount");
  expect(writers).not.toContain("users/queries.ts#selectMembers");
});

it("has every verb that writes put it into the audit log, in the same file, or says why not", () => {
  const writing = sources.filter(
    ({ file, text }) => !file.endsWith("queries.ts") && (writes.test(text) || callsWriter(file, text)),
  );
  expect(writing.length).toBeGreaterThan(20);
  const silent = writing.filter(({ text }) => !/\bawait audit\(/.test(text)).map(({ file }) => file);
  expect(silent.sort()).toEqual(Object.keys(unaudited).sort());
});

/** `file#function` of every exported function of a queries.ts with a statement that writes. */
function writingQueries(): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { file, text } of sources.filter((source) => source.file.endsWith("queries.ts"))) {
    for (const part of text.split(/\n(?=export (?:async )?function )/)) {
      const name = /^export (?:async )?function (\w+)/.exec(part)?.[1];
      if (name !== undefined && writes.test(part)) found.add(`${file}#${name}`);
    }
  }
  return found;
}

function callsWriter(file: string, text: string): boolean {
  const imports = [...text.matchAll(/import\s*\{([^}]*)\}\s*from\s*"([^"]*queries\.ts)"/g)];
  return imports.some(([, names = "", from = ""]) => {
    const target = path.posix.join(path.posix.dirname(file), from);
    return names.split(",").some((name) => writers.has(`${target}#${name.trim()}`));
  });
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
}
