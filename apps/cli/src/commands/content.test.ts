import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { register } from "./content.ts";

const checkout = fileURLToPath(new URL("../../../../content", import.meta.url));
let dir = "";

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "holdfast-content-"));
  await cp(checkout, dir, { recursive: true });
});
afterAll(() => rm(dir, { recursive: true }));

async function run(...words: string[]): Promise<{ output: string; status: number }> {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  process.exitCode = 0;
  try {
    const program = new Command("holdfast").exitOverride();
    register(program);
    await program.parseAsync(["content", ...words, "--dir", dir], { from: "user" });
    return { output: write.mock.calls.map(([text]) => String(text)).join(""), status: Number(process.exitCode) };
  } finally {
    write.mockRestore();
    process.exitCode = 0;
  }
}

async function edited<T>(file: string, edit: (text: string) => string, work: () => Promise<T>): Promise<T> {
  const name = path.join(dir, file);
  const text = await readFile(name, "utf8");
  await writeFile(name, edit(text));
  try {
    return await work();
  } finally {
    await writeFile(name, text);
  }
}

const network = "checks/linux/network.yaml";
const withMistake = (text: string) =>
  text.replace("key: net.ipv4.ip_forward, equals", "key: net.ipv4.ip_forward, equal");

describe("content validate", () => {
  it("says that all is good", async () => {
    expect(await run("validate")).toEqual({ output: expect.stringMatching(/\d+ checks, .*all good/), status: 0 });
  });

  it("lists problems as file:line: message, and exits with 1", async () => {
    const { output, status } = await edited(network, withMistake, () => run("validate"));
    expect(output).toMatch(
      /^checks\/linux\/network\.yaml:\d+: .*sysctl has no member "equal"; did you mean "equals"\?/m,
    );
    expect(status).toBe(1);
  });

  it("keeps invalid content from the other commands", async () => {
    await edited(network, withMistake, () => expect(run("list")).rejects.toThrow("network.yaml"));
  });
});

describe("content test", () => {
  it("counts what was proved", async () => {
    const { output, status } = await run("test", "sysctl-ip-forward", "--json");
    expect(JSON.parse(output)).toMatchObject({ checks: 1, mutants: 7, failures: [], survivors: [] });
    expect(status).toBe(0);
  });

  it("tells a desired value that the proofs contradict, and exits with 1", async () => {
    const stricter = (text: string) =>
      text.replace('key: net.ipv4.ip_forward, equals: "0"', 'key: net.ipv4.ip_forward, equals: "2"');
    const { output, status } = await edited(network, stricter, () => run("test", "sysctl-ip-forward"));
    expect(output).toContain("sysctl-ip-forward: as it should be: expected pass, judged fail");
    expect(status).toBe(1);
  });
});

describe("content list and show", () => {
  it("lists by status", async () => {
    const { output } = await run("list", "--status", "manual", "--json");
    const items: { status: string }[] = JSON.parse(output);
    expect(items.length).toBeGreaterThan(0);
    expect(new Set(items.map(({ status }) => status))).toEqual(new Set(["manual"]));
  });

  it("lists what serves a control, with its parts", async () => {
    const { output } = await run("list", "--control", "nist:AC-6", "--benchmark", "cis-debian-12", "--json");
    const checks = JSON.parse(output).map(({ check }: { check: string }) => check);
    expect(checks.length).toBeGreaterThan(0);
    expect(checks).not.toContain("sysctl-ip-forward");
    await expect(run("list", "--control", "AC-6")).rejects.toThrow("Write a control as");
  });

  it("shows a check by its number, in words and as declared, with its proofs", async () => {
    const { output } = await run("show", "3.3.1");
    expect(output).toContain("sysctl:net.ipv4.ip_forward: is 0 now and at next boot");
    expect(output).toContain('- sysctl: { key: net.ipv4.ip_forward, equals: "0" }');
    expect(output).toMatch(/fail\s+net\.ipv4\.ip_forward: right at boot, another value in the running kernel/);
    expect((await run("show", "sysctl-ip-forward")).output).toBe(output);
  });

  it("asks which, where benchmarks give a number to different checks", async () => {
    await expect(run("show", "1.6.1")).rejects.toThrow("crypto-policy-not-legacy in cis-rhel-9");
    expect((await run("show", "1.6.1", "--benchmark", "cis-rhel-9")).output).toContain("[crypto-policy-not-legacy]");
  });

  it("shows what a check serves in catalogues of controls", async () => {
    const { output } = await run("show", "sudo-logfile");
    expect(output).toContain("NIST SP 800-53 Revision 5: AU-12 Audit Record Generation");
  });

  it("says what to do when there is no such check", async () => {
    await expect(run("show", "99.9")).rejects.toThrow("holdfast content list");
    await expect(run("list", "--benchmark", "cis-debian-99")).rejects.toThrow("cis-debian-12@1.1.0");
  });
});

describe("content draft-proofs and schema", () => {
  it("leaves complete proofs and current schemas alone", async () => {
    expect(JSON.parse((await run("draft-proofs", "--json")).output)).toEqual({ files: [], drafted: 0, lacking: {} });
    expect((await run("schema")).output).toBe("All current.\n");
  });

  it("writes what is missing beside the checks", async () => {
    const file = "checks/linux/network.proofs.yaml";
    const withoutOne = (text: string) => text.replace(/^sysctl-ip-forward:\n(?: .*\n)+/m, "");
    await edited(file, withoutOne, async () => {
      expect((await run("test")).status).toBe(1);
      expect((await run("draft-proofs")).output).toContain(`wrote ${file}`);
      expect((await run("test")).status).toBe(0);
    });
  });
});
