import { expect, it } from "vitest";
import { recordingHost } from "../hosts/recording.ts";
import { useraddDefault } from "./useradd-default.ts";

const path = "/etc/default/useradd";

it.each([
  ["no file", null, "INACTIVE", "-1", "built-in default"],
  ["a comment", "# INACTIVE=30\n", "INACTIVE", "-1", "built-in default"],
  ["a number", "INACTIVE=30\n", "INACTIVE", "30", `${path}:1`],
  ["the last one wins", "INACTIVE=30\nINACTIVE=60\n", "INACTIVE", "60", `${path}:2`],
  ["blanks around the name", "INACTIVE =30\n INACTIVE=30\n", "INACTIVE", "-1", "built-in default"],
  ["off", "INACTIVE=-1\n", "INACTIVE", "-1", `${path}:1`],
  ["another setting", "SHELL=/bin/sh\n", "SHELL", "/bin/sh", `${path}:1`],
  ["no default known", "", "SHELL", null, null],
])("reads the defaults of useradd: %s", async (_name, text, key, value, source) => {
  const host = recordingHost({ files: text === null ? {} : { [path]: text } });
  expect(await useraddDefault.read(host, { key })).toEqual({ value, source });
});

it.each(["30 ", "30\r", '"30"', "", "soon", "-2"])("goes on with -1, as useradd does, for %j", async (text) => {
  const state = await useraddDefault.read(recordingHost({ files: { [path]: `INACTIVE=${text}\n` } }), {
    key: "INACTIVE",
  });
  expect(state).toMatchObject({ value: "-1", source: expect.stringContaining("not a number of days") });
  expect(useraddDefault.judge(state, { between: [0, 45] }, { key: "INACTIVE" }).verdict).toBe("fail");
});
