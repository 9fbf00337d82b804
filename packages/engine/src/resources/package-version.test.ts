import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, it } from "vitest";
import { compareDebVersions, compareRpmVersions } from "./package-version.ts";

it.each([
  ["1.0", "1.0", 0],
  ["1.0", "1.0-0", 0],
  ["1.0", "1.0-1", -1],
  ["1:0.9", "2.0", 1],
  ["1.10", "1.9", 1],
  ["1.0~rc1", "1.0", -1],
  ["1.0~~", "1.0~", -1],
  ["1.0a", "1.0+", -1],
  ["1.0a", "1.0", 1],
  ["1.0-1", "1.0-1~deb12u1", 1],
  ["1.0-1+deb12u2", "1.0-1+deb12u10", -1],
  ["9.2p1-2+deb12u3", "9.2p1-2+deb12u2", 1],
  ["1.001", "1.1", 0],
  ["252.39-1~deb12u1", "252.5-2ubuntu3", 1],
  ["1.0-1-2", "1.0-1-1", 1],
  ["", "1", -1],
])("orders Debian's %s and %s", (a, b, order) => {
  expect(Math.sign(compareDebVersions(a, b))).toBe(order);
  expect(Math.sign(compareDebVersions(b, a))).toBe(order === 0 ? 0 : -order);
});

it.each([
  ["1.0", "1.0", 0],
  ["1.0", "2.0", -1],
  ["2.0.1a", "2.0.1", 1],
  ["5.5p10", "5.5p2", 1],
  ["xyz10", "10xyz", -1],
  ["1.0~rc1", "1.0", -1],
  ["1.0^", "1.0", 1],
  ["1.0^20", "1.0.1", -1],
  ["1.0^a", "1.0~a", 1],
  ["fc4", "fc.4", 0],
  ["2_0", "2.0", 0],
  ["10.0001", "10.1", 0],
  ["1:1.0-1", "2.0-1", 1],
  ["8.7p1-38.el9", "8.7p1-38.el9_4.1", -1],
  ["8.7p1-38.el9", "8.7p1", 0],
  ["1.a", "1.1", -1],
])("orders RPM's %s and %s", (a, b, order) => {
  expect(Math.sign(compareRpmVersions(a, b))).toBe(order);
  expect(Math.sign(compareRpmVersions(b, a))).toBe(order === 0 ? 0 : -order);
});

const version = fc
  .string({ unit: fc.constantFrom(..."0019azZ.+~"), minLength: 1, maxLength: 8 })
  .map((text) => `1${text}`);

it("is a total order", () => {
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      for (const compare of [compareDebVersions, compareRpmVersions]) {
        expect(Math.sign(compare(a, b))).toBe(Math.sign(compare(b, a)) * -1 || 0);
        if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
      }
    }),
  );
});

function hasDpkg(): boolean {
  try {
    execFileSync("dpkg", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

it.runIf(hasDpkg())("agrees with dpkg", () => {
  fc.assert(
    fc.property(version, version, (a, b) => {
      const operator = compareDebVersions(a, b) < 0 ? "lt" : compareDebVersions(a, b) > 0 ? "gt" : "eq";
      execFileSync("dpkg", ["--compare-versions", a, operator, b]);
    }),
    { numRuns: 150 },
  );
});
