import { openSpool } from "../spool.ts";
import { anUpload } from "./an-upload.ts";

/* A process that adds uploads to a spool until it is killed, and prints a line for each that is on disk. */
const directory = process.argv[2] ?? "";
const spool = await openSpool(directory, () => {});
for (let index = 0; ; index += 1) {
  await spool.add(anUpload({ checkedAt: new Date(1_700_000_000_000 + index).toISOString() }));
  process.stdout.write(".");
}
