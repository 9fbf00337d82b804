import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { signedText } from "@holdfast/contracts/agent-protocol";
import { expect, it } from "vitest";
import { type RawAnswer, UntrustedAnswer, verifyAnswer } from "./uplink.ts";
import { uploadable } from "./uploadable.ts";

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const route = ["POST", "/agent/v1/work/claim"] as const;

function signedAnswer(text: string, time = Date.now(), key = privateKey): RawAnswer {
  const bytes = Buffer.from(text);
  const signed = signedText(...route, time, createHash("sha256").update(bytes).digest("hex"));
  return { status: 200, bytes, time: String(time), signature: sign(null, Buffer.from(signed), key).toString("base64") };
}

it("believes only what the pinned key signed, for this request and now", () => {
  const answer = signedAnswer('{"items":[]}');
  expect(() => verifyAnswer(publicKey, ...route, answer)).not.toThrow();
  const refused: [string, string, RawAnswer][] = [
    [...route, { ...answer, bytes: Buffer.from('{"items":[1]}') }],
    [...route, { ...answer, signature: null }],
    [...route, { ...answer, signature: "" }],
    [...route, { ...answer, time: String(Number(answer.time) + 1) }],
    [...route, { ...answer, time: "1e3" }],
    [...route, signedAnswer("{}", Date.now() - 400_000)],
    [...route, signedAnswer("{}", Date.now(), generateKeyPairSync("ed25519").privateKey)],
    ["POST", "/agent/v1/facts", answer],
    ["GET", route[1], answer],
  ];
  for (const [method, path, raw] of refused)
    expect(() => verifyAnswer(publicKey, method, path, raw)).toThrow(UntrustedAnswer);
});

it("sends as unreadable what the server could not hold", () => {
  const sent = uploadable(
    new Map([
      ["a", { state: "fine \\u0000 \\\\ \u{1F600}" }],
      ["b", { state: ["nul \0"] }],
      ["c", { state: { "half \uD83D": 1 } }],
      ["d", { state: "x".repeat(300_000) }],
    ]),
  );
  expect(sent.get("a")).toEqual({ state: "fine \\u0000 \\\\ \u{1F600}" });
  for (const [address, code] of Object.entries({ b: "invalid", c: "invalid", d: "too_large" }))
    expect(sent.get(address)).toMatchObject({ error: { code } });
});
