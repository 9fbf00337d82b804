import { expect, it } from "vitest";
import { readDropInFiles } from "./drop-in-files.ts";
import { UnreadableError } from "./host.ts";
import { recordingHost } from "./hosts/recording.ts";

const directories = ["/etc/x.d", "/run/x.d", "/usr/lib/x.d"];

it("sorts by basename, and the earlier directory hides the later one", async () => {
  const host = recordingHost({
    files: {
      "/usr/lib/x.d/50-a.conf": "vendor",
      "/etc/x.d/50-a.conf": "admin",
      "/usr/lib/x.d/10-b.conf": "b",
      "/run/x.d/90-c.conf": "c",
      "/etc/x.d/README": "no",
    },
  });
  const paths = (await readDropInFiles(host, directories)).map((file) => file.path);
  expect(paths).toEqual(["/usr/lib/x.d/10-b.conf", "/etc/x.d/50-a.conf", "/run/x.d/90-c.conf"]);
});

it("takes a link to /dev/null as a mask, and leaves out dangling links", async () => {
  const host = recordingHost({
    files: {
      "/etc/x.d/50-a.conf": { linkTo: "/dev/null" },
      "/usr/lib/x.d/50-a.conf": "vendor",
      "/etc/x.d/60.conf": { linkTo: "gone" },
    },
  });
  expect(await readDropInFiles(host, directories)).toEqual([]);
});

it("does not go on without a file it cannot read", async () => {
  const host = recordingHost({ files: { "/etc/x.d/1.conf": { type: "fifo" } } });
  await expect(readDropInFiles(host, directories)).rejects.toThrow(UnreadableError);
});
