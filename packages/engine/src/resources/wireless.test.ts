import { expect, it } from "vitest";
import { type Recording, recordingHost } from "../hosts/recording.ts";
import { wireless } from "./wireless.ts";

const radio = (flags: string): Recording["files"] => ({
  "/sys/class/net/lo/flags": "0x9\n",
  "/sys/class/net/wlan0": { linkTo: "/sys/devices/pci/net/wlan0" },
  "/sys/devices/pci/net/wlan0/flags": flags,
  "/sys/devices/pci/net/wlan0/phy80211": { linkTo: "../phy0" },
  "/sys/devices/pci/net/wlan0/device/driver/module": { linkTo: "../../../../module/iwl_mvm" },
});
const barred = { "/etc/modprobe.d/radio.conf": "install iwl-mvm /bin/false\nblacklist iwl_mvm\n" };
const judge = async (files: Recording["files"]) => {
  const state = await wireless.read(recordingHost(files === undefined ? {} : { files }), {});
  return [wireless.judge(state, { present: true }, {}), wireless.judge(state, { inactive: true }, {})];
};

it("sees that there is none", async () => {
  expect((await judge({}))[0]?.verdict).toBe("fail");
});

it("wants it down and its driver barred", async () => {
  const verdicts = async (files: Recording["files"]) => (await judge(files)).map(({ verdict }) => verdict);
  expect(await verdicts(radio("0x1003\n"))).toEqual(["pass", "fail"]);
  expect(await verdicts({ ...radio("0x1003\n"), ...barred })).toEqual(["pass", "fail"]);
  expect(await verdicts(radio("0x1002\n"))).toEqual(["pass", "fail"]);
  expect(await verdicts({ ...radio("0x1002\n"), ...barred })).toEqual(["pass", "pass"]);
});

it("cannot tell from an image", async () => {
  await expect(wireless.read(recordingHost({ live: false }), {})).rejects.toMatchObject({ code: "unsupported" });
});
