import { expect, it } from "vitest";
import { recordingHost } from "../hosts/recording.ts";
import { cryptoPolicy } from "./crypto-policy.ts";

const files = {
  "/etc/crypto-policies/config": "# note\nDEFAULT:NO-SHA1:NO-CBC\n",
  "/etc/crypto-policies/state/current": "DEFAULT:NO-SHA1:NO-CBC\n",
  "/etc/crypto-policies/state/CURRENT.pol": "# hash = SHA1\nhash = SHA2-256 SHA2-384\ncipher@SSH = AES-256-GCM\n",
};
const read = (key: string, of: Record<string, string> = files) =>
  cryptoPolicy.read(recordingHost({ files: of }), { key });

it("reads the policy, its subpolicies and what was made of them", async () => {
  expect(await read("policy")).toMatchObject({ value: "DEFAULT", source: "/etc/crypto-policies/config" });
  expect((await read("subpolicies")).value).toBe("NO-SHA1 NO-CBC");
  expect(await read("hash")).toMatchObject({
    value: "SHA2-256 SHA2-384",
    source: "/etc/crypto-policies/state/CURRENT.pol:2",
  });
  expect((await read("cipher@SSH")).value).toBe("AES-256-GCM");
  expect(await read("mac")).toMatchObject({ value: null, source: null });
  expect(await read("policy", {})).toEqual({ value: null, source: null, chosen: null, applied: null });
});

it("fails when another policy applies than is chosen", () => {
  const judge = (applied: string | null, value = "DEFAULT") =>
    cryptoPolicy.judge({ value, source: null, chosen: "DEFAULT", applied }, { none_of: ["LEGACY"] }, { key: "policy" })
      .verdict;
  expect(judge("DEFAULT")).toBe("pass");
  expect(judge(null)).toBe("pass");
  expect(judge("LEGACY")).toBe("fail");
  expect(judge("DEFAULT", "LEGACY")).toBe("fail");
});
