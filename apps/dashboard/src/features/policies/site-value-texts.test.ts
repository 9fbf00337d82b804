import type { ListedParameter } from "@holdfast/contracts/wire";
import { expect, it } from "vitest";
import { boundsOf, settingsOf, textsOf } from "./site-value-texts.ts";

const common = { osType: "linux", title: "T", description: "D" } as const;
const parameters: readonly ListedParameter[] = [
  { ...common, id: "ntp-servers", type: "list", default: [] },
  { ...common, id: "audit-log-size", type: "number", default: 6, min: 1 },
  { ...common, id: "firewall", type: "enum", default: "auto", choices: ["auto", "ufw"] },
];

it("gives back what it shows", () => {
  const settings = { "ntp-servers": ["a.example", "b.example"], "audit-log-size": 8, firewall: "ufw" };
  expect(textsOf(settings)).toEqual({
    "ntp-servers": "a.example, b.example",
    "audit-log-size": "8",
    firewall: "ufw",
  });
  expect(settingsOf(parameters, textsOf(settings))).toEqual(settings);
});

it("sets nothing where a field is blank, and nothing that is no parameter any more", () => {
  expect(settingsOf(parameters, { firewall: "  ", gone: "1" })).toEqual({});
});

it("leaves what is no number for the server to refuse", () => {
  expect(settingsOf(parameters, { "audit-log-size": "much" })).toEqual({ "audit-log-size": "much" });
});

it("tells a number's bounds", () => {
  const bounds = [{ min: 1, max: 4 }, { min: 1 }, { max: 4 }, {}].map(boundsOf);
  expect(bounds).toEqual(["1 to 4.", "At least 1.", "At most 4.", ""]);
});
