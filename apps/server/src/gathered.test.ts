import { describe, expect, it } from "vitest";
import { Gathered } from "./gathered.ts";

/** Sends that each end when the test says so. */
function scene(limits?: { most?: number; patienceMs?: number }) {
  const sent: (readonly string[])[] = [];
  const ends: (() => void)[] = [];
  const gathered = new Gathered<string, string>(
    async (items) => {
      sent.push(items);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (items.includes("poison")) throw new Error(`cannot send ${items.join(" ")}`);
      return items.map((item) => `${item}!`);
    },
    (item) => item.slice(0, 1),
    limits,
  );
  const endOne = async () => {
    ends.shift()?.();
    await new Promise(setImmediate);
  };
  return { gathered, sent, endOne };
}

describe("gathering calls", () => {
  it("sends the first at once and those that come meanwhile together, each answered with its own", async () => {
    const { gathered, sent, endOne } = scene();
    const answers = Promise.all(["a", "b", "c"].map((item) => gathered.call(item)));
    expect(sent).toEqual([["a"]]);
    await endOne();
    expect(sent).toEqual([["a"], ["b", "c"]]);
    await endOne();
    expect(await answers).toEqual(["a!", "b!", "c!"]);
    const later = gathered.call("d");
    expect(sent.at(-1)).toEqual(["d"]);
    await endOne();
    expect(await later).toBe("d!");
  });

  it("does not send items of one key together, nor more than fit", async () => {
    const { gathered, sent, endOne } = scene({ most: 2 });
    const answers = Promise.all(["a1", "b1", "b2", "c1", "d1"].map((item) => gathered.call(item)));
    for (let n = 0; n < 4; n += 1) await endOne();
    expect(sent).toEqual([["a1"], ["b1", "c1"], ["b2", "d1"]]);
    expect(await answers).toEqual(["a1!", "b1!", "b2!", "c1!", "d1!"]);
  });

  it("does not let the others wait for one that hangs", async () => {
    const { gathered, sent, endOne } = scene({ patienceMs: 10 });
    const [hanging, other] = [gathered.call("a"), gathered.call("b")];
    await expect.poll(() => sent).toEqual([["a"], ["b"]]);
    await endOne();
    expect(await hanging).toBe("a!");
    await endOne();
    expect(await other).toBe("b!");
  });

  it("lets only those fail that fail by themselves, and goes on", async () => {
    const { gathered, sent, endOne } = scene();
    const calls = ["a", "b", "poison", "c"].map((item) => gathered.call(item));
    const settled = Promise.allSettled(calls);
    for (let n = 0; n < 5; n += 1) await endOne();
    expect(sent).toEqual([["a"], ["b", "poison", "c"], ["b"], ["poison"], ["c"]]);
    expect((await settled).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
    const later = gathered.call("d");
    await endOne();
    expect(await later).toBe("d!");
  });
});
