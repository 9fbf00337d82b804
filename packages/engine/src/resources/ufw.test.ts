import { expect, it } from "vitest";
import { type Recording, recordingHost } from "../hosts/recording.ts";
import { ufw } from "./ufw.ts";

const files = {
  "/etc/ufw/ufw.conf": "# comment\nENABLED=yes\nLOGLEVEL=low\n",
  "/etc/default/ufw": 'DEFAULT_INPUT_POLICY="DROP"\nDEFAULT_OUTPUT_POLICY="ACCEPT"\nDEFAULT_FORWARD_POLICY="REJECT"\n',
};
const read = (stdout: string, more: Recording = {}) =>
  ufw.read(
    recordingHost({
      files,
      directories: ["/run/systemd/system"],
      commands: { "ufw status verbose": { stdout } },
      ...more,
    }),
    {},
  );

it("reads an image's files", async () => {
  const state = await read("", { live: false });
  expect(state).toMatchObject({ status: "active", incoming: "deny", outgoing: "allow", routed: "reject" });
  expect(ufw.judge(state, { direction: "outgoing", policy: ["deny", "reject"] }, {}).verdict).toBe("fail");
});

it("believes what runs rather than the files", async () => {
  const status = "Status: active\nLogging: on (low)\nDefault: reject (incoming), allow (outgoing), disabled (routed)\n";
  const state = await read(status);
  expect(state).toMatchObject({ incoming: "reject", outgoing: "allow", routed: "disabled" });
  expect(ufw.judge(state, { direction: "routed", policy: ["deny", "disabled"] }, {}).verdict).toBe("pass");
  const stopped = await read("Status: inactive\n");
  expect(ufw.judge(stopped, { status: "active" }, {}).verdict).toBe("fail");
  expect(stopped.incoming).toBe("deny");
});

it("says why it cannot read", async () => {
  await expect(read("", { privileged: false })).rejects.toMatchObject({ code: "needs_root" });
  await expect(read("ERROR: problem running\n")).rejects.toMatchObject({ code: "unreadable" });
});
