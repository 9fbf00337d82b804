import { expect, it } from "vitest";
import { recordingHost } from "../hosts/recording.ts";
import { grubPassword } from "./grub-password.ts";

const hash = "grub.pbkdf2.sha512.10000.ABCDEF01.0123456789ABCDEF";
const verdict = async (files: Record<string, string>) => {
  const state = await grubPassword.read(recordingHost({ files }), {});
  expect(JSON.stringify(state)).not.toContain("ABCDEF01");
  return grubPassword.judge(state, { protected: true }, {}).verdict;
};
const debian = (text: string) => verdict({ "/boot/grub/grub.cfg": text });

it("wants a superuser with a hash, and none with a plain password", async () => {
  expect(await debian(`set superusers="boss"\npassword_pbkdf2 boss ${hash}\n`)).toBe("pass");
  expect(await debian(`set superusers=a,b\npassword_pbkdf2 a ${hash}\npassword_pbkdf2 b ${hash}\n`)).toBe("pass");
  expect(await debian(`set superusers="a b"\npassword_pbkdf2 a ${hash}\n`)).toBe("pass");
  expect(await debian(`set superusers="a b"\npassword_pbkdf2 a ${hash}\npassword b x\n`)).toBe("fail");
  expect(await debian(`set superusers="a b"\npassword_pbkdf2 c ${hash}\n`)).toBe("fail");
  expect(await debian('set superusers="a"\npassword_pbkdf2 a grub.pbkdf2.sha512.broken\n')).toBe("pass");
  expect(await debian(`set superusers=""\npassword_pbkdf2 boss ${hash}\n`)).toBe("fail");
  expect(await debian(`password_pbkdf2 boss ${hash}\n`)).toBe("fail");
  expect(await debian(`# set superusers="boss"\npassword_pbkdf2 boss ${hash}\n`)).toBe("fail");
  expect(await debian('set superusers="boss"\npassword boss secret\n')).toBe("fail");
  expect(await debian(`set superusers="boss"\npassword_pbkdf2 boss ${hash}\npassword boss x\n`)).toBe("fail");
  expect(await debian('set superusers="boss"\npassword_pbkdf2 boss secret\n')).toBe("fail");
  expect(await verdict({})).toBe("fail");
});

it("takes Red Hat's hash from user.cfg", async () => {
  const menu = `if [ -n "\${GRUB2_PASSWORD}" ]; then\n  set superusers="root"\n  password_pbkdf2 root \${GRUB2_PASSWORD}\nfi\n`;
  const path = "/boot/grub2/grub.cfg";
  expect(await verdict({ [path]: menu })).toBe("fail");
  expect(await verdict({ [path]: menu, "/boot/grub2/user.cfg": `GRUB2_PASSWORD=${hash}\n` })).toBe("pass");
  expect(await verdict({ [path]: menu, "/boot/efi/EFI/rocky/user.cfg": `GRUB2_PASSWORD=${hash}\n` })).toBe("pass");
  expect(await verdict({ [path]: menu, "/boot/grub2/user.cfg": "GRUB2_PASSWORD=secret\n" })).toBe("fail");
});
