import { expect, it } from "vitest";
import { recordingHost } from "../hosts/recording.ts";
import { manual } from "./manual.ts";

it("lists what there is to look at, and leaves the answer to a person", async () => {
  const host = recordingHost({ files: { "/etc/sudoers": "", "/etc/sudoers.d/a": "" } });
  const target = { collect: ["/etc/sudoers.d/*", "/etc/sudoers", "/etc/none"] };
  const state = await manual.read(host, target);
  expect(state).toEqual({ files: ["/etc/sudoers", "/etc/sudoers.d/a"] });
  expect(manual.judge(state, { question: "Are these right?" }, target)).toMatchObject({
    verdict: "manual",
    actual: "Are these right?",
  });
});
