import { expect, it } from "vitest";
import { controlHelp, controlsOf, parseControl, servesControl } from "./controls.ts";

const pack = {
  catalogues: [
    { id: "cis-controls-v8", title: "CIS Controls v8", controls: { "4.1": "Configured securely", "4.10": "Locks" } },
    { id: "nist-800-53r5", title: "NIST SP 800-53", controls: { "AC-1": "Policy", "AC-17(2)": "Encryption" } },
  ],
};
const check = { mappings: { "cis-controls-v8": ["4.10"], "nist-800-53r5": ["AC-17(2)"] } };

it.each([
  ["cis:4.10", true],
  ["cis-controls-v8:4.10", true],
  ["CIS-controls: 4.10 ", true],
  ["cis:4", true],
  ["nist:ac-17", true],
  ["nist:AC-17(2)", true],
  ["cis:4.1", false],
  ["nist:AC-1", false],
  ["nist:4.10", false],
])("finds a check by %s: %s", (text, found) => {
  const query = parseControl(pack, text);
  expect(query !== null && servesControl(check, query)).toBe(found);
  expect(query !== null && servesControl({}, query)).toBe(false);
});

it.each(["4.1", "ci:4.1", "iso:4.1", "cis:", ":4.1", "", "cis : "])("takes %j for no control", (text) => {
  expect(parseControl(pack, text)).toBeNull();
});

it("names what a check serves, and shows how to ask", () => {
  expect(controlsOf(pack, check)).toEqual(["CIS Controls v8: 4.10 Locks", "NIST SP 800-53: AC-17(2) Encryption"]);
  expect(controlHelp(pack)).toContain("cis-controls-v8:4.1 or nist-800-53r5:AC-1");
  expect(controlHelp({})).toContain("no catalogues");
});
