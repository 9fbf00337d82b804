import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { main } from "../main.ts";

let home = "";
let image = "";
let before = "";
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), "holdfast-apply-"));
  image = path.join(home, "image");
  await mkdir(path.join(image, "etc/sysctl.d"), { recursive: true });
  await writeFile(path.join(image, "etc/os-release"), 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n');
  before = await pictureOf(image);
});
afterEach(async () => {
  process.exitCode = undefined;
  await rm(home, { recursive: true });
});

/** The command's exit status and what it printed. */
async function holdfast(...argv: string[]): Promise<{ status: number; out: string; errors: string }> {
  const printed = { out: "", errors: "" };
  const out = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed.out += String(text);
    return true;
  });
  const errors = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    printed.errors += String(text);
    return true;
  });
  process.exitCode = undefined;
  try {
    return { status: await main(argv), ...printed };
  } finally {
    out.mockRestore();
    errors.mockRestore();
  }
}

async function pictureOf(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return JSON.stringify(await Promise.all(files.sort().map(async (file) => [file, await readFile(file, "utf8")])));
}

const onImage = () => ["--check", "3.3.1", "--root", image];
const state = () => ["--state-dir", path.join(home, "state")];

it("shows the plan, changes nothing without --yes, applies with it, and rolls back", async () => {
  const planned = await holdfast("plan", ...onImage());
  expect(planned).toMatchObject({ status: 0, out: expect.stringContaining("+net.ipv4.ip_forward = 0") });
  const asked = await holdfast("apply", ...onImage(), ...state());
  expect(asked).toMatchObject({ status: 2, errors: expect.stringContaining("add --yes") });
  expect(await pictureOf(image)).toBe(before);

  const applied = await holdfast("apply", ...onImage(), ...state(), "--yes", "--json");
  expect(applied.status).toBe(0);
  const { id, outcome } = JSON.parse(applied.out);
  expect(outcome).toBe("committed");
  expect(await pictureOf(image)).not.toBe(before);
  expect((await holdfast("journal", ...state())).out).toContain(id);

  expect(await holdfast("rollback", id, ...state())).toMatchObject({ status: 0 });
  expect(await pictureOf(image)).toBe(before);
});

it("prints the plan and its hash as JSON, and carries out no other plan", async () => {
  const { hash, plan } = JSON.parse((await holdfast("plan", ...onImage(), "--json")).out);
  expect(plan.checkId).toBe("sysctl-ip-forward");
  await cp(
    path.join(image, "etc/os-release"),
    path.join(image, "etc/sysctl.d/99-zz-holdfast-net.ipv4.ip_forward.conf"),
  );
  const changed = await pictureOf(image);
  const refused = await holdfast("apply", ...onImage(), ...state(), "--yes", "--hash", hash);
  expect(refused).toMatchObject({ status: 3, errors: expect.stringContaining("changed since") });
  expect(await pictureOf(image)).toBe(changed);
});

it("does not put back what was edited since, unless forced", async () => {
  const { id } = JSON.parse((await holdfast("apply", ...onImage(), ...state(), "--yes", "--json")).out);
  const file = path.join(image, "etc/sysctl.d/99-zz-holdfast-net.ipv4.ip_forward.conf");
  await writeFile(file, "net.ipv4.ip_forward = 0\n# mine\n");
  expect(await holdfast("rollback", id, ...state())).toMatchObject({
    status: 1,
    out: expect.stringContaining("+# mine"),
  });
  expect(await holdfast("rollback", id, ...state(), "--force")).toMatchObject({ status: 0 });
  expect(await pictureOf(image)).toBe(before);
});

describe("--set", () => {
  const ufw = ["--set", "firewall=ufw"];
  /** nftables is enabled, so that ufw is judged only where the site names it; and then only forwarding is wrong. */
  beforeEach(async () => {
    const files = {
      "var/lib/dpkg/status": "Package: ufw\nStatus: install ok installed\nVersion: 0.36\nArchitecture: all\n",
      "etc/default/ufw": 'DEFAULT_INPUT_POLICY="DROP"\nDEFAULT_OUTPUT_POLICY="DROP"\nDEFAULT_FORWARD_POLICY="ACCEPT"\n',
      "usr/lib/systemd/system/nftables.service": "[Install]\nWantedBy=sysinit.target\n",
      "etc/systemd/system/sysinit.target.wants/nftables.service": "",
    };
    for (const [file, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(image, file)), { recursive: true });
      await writeFile(path.join(image, file), text);
    }
  });
  const defaultDeny = () => ["--check", "4.2.7", "--root", image];

  it("plans by the site's value, applies by it, and verifies by it", async () => {
    const byDefault = await holdfast("plan", ...defaultDeny());
    expect(byDefault).toMatchObject({ status: 3, errors: expect.stringContaining("does not apply") });
    const planned = await holdfast("plan", ...defaultDeny(), ...ufw);
    expect(planned).toMatchObject({ status: 0, out: expect.stringContaining("+net.ipv4.ip_forward = 0") });

    expect(await holdfast("apply", ...defaultDeny(), ...state(), "--yes")).toMatchObject({ status: 3 });
    const applied = await holdfast("apply", ...defaultDeny(), ...state(), ...ufw, "--yes", "--json");
    expect(applied.status).toBe(0);
    expect(JSON.parse(applied.out)).toMatchObject({ outcome: "committed" });
    expect((await holdfast("plan", ...defaultDeny(), ...ufw)).out).toContain("Passes already");
  });

  it("lets the last of a name count, as in a scan", async () => {
    const planned = await holdfast("plan", ...defaultDeny(), "--set", "firewall=iptables", ...ufw);
    expect(planned.status).toBe(0);
  });

  it.each(["plan", "apply"])("is refused by %s as by scan, and in its help", async (command) => {
    for (const text of ["colour=red", "ntp-servers", "firewall=none", "audit-log-size=0"]) {
      const refused = await holdfast("scan", "--root", image, "--set", text);
      expect(refused).toMatchObject({ status: 2, errors: expect.stringContaining(text) });
      expect(await holdfast(command, ...onImage(), "--set", text)).toEqual(refused);
    }
    const about = /--set <name=value>[\s\S]*?repeat for more/;
    const [first, second] = [await holdfast("scan", "--help"), await holdfast(command, "--help")];
    const words = (text: string) => about.exec(text)?.[0].split(/\s+/);
    expect(words(second.out)).toEqual(words(first.out));
    expect(words(second.out)).toContain("repeat");
  });
});

it("says what is wrong with what it was told", async () => {
  expect(await holdfast("plan")).toMatchObject({ status: 2 });
  expect(await holdfast("plan", "--check", "99.99", "--root", image)).toMatchObject({ status: 2 });
  expect(await holdfast("plan", "--check", "3.3.1", "--root", path.join(home, "nowhere"))).toMatchObject({ status: 3 });
  expect(await holdfast("rollback", "../../x", ...state())).toMatchObject({ status: 3 });
});
