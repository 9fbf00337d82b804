import { expect, it } from "vitest";
import { readAccountNames } from "./account-names.ts";
import { recordingHost } from "./hosts/recording.ts";

it("gives names, the first line winning, and numbers where there is none", async () => {
  const host = recordingHost({
    files: {
      "/etc/passwd": "root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\nbroken\n",
      "/etc/group": "shadow:x:42:\n",
    },
  });
  const names = await readAccountNames(host);
  expect([names.user(0), names.user(7), names.group(42), names.group(0)]).toEqual(["root", "7", "shadow", "0"]);
  expect([names.uidOf("toor"), names.gidOf("shadow"), names.gidOf("adm")]).toEqual([0, 42, null]);
});
