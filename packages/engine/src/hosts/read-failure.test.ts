import { expect, it } from "vitest";
import { readFailure } from "./read-failure.ts";

it.each([
  ["EACCES", false, "needs_root", "needs root: cannot read /etc/shadow"],
  ["EPERM", false, "needs_root", "needs root: cannot read /etc/shadow"],
  ["EACCES", true, "unreadable", "cannot read /etc/shadow: EACCES"],
  ["EIO", false, "unreadable", "cannot read /etc/shadow: EIO"],
  ["ELOOP", false, "unreadable", "cannot read /etc/shadow: too many symbolic links"],
])("says what %s means, as root %s", (code, privileged, wanted, message) => {
  const error = Object.assign(new Error("system"), { code });
  expect(readFailure(error, "/etc/shadow", privileged)).toMatchObject({ code: wanted, message });
});
