import { expect, it } from "vitest";
import { recordingHost } from "../hosts/recording.ts";
import { authselect } from "./authselect.ts";

const read = (files: Record<string, string>) => authselect.read(recordingHost({ files }), {});
const template =
  'auth required pam_env.so\nauth required pam_faillock.so preauth {include if "with-faillock"}\n# auth required pam_no.so\n';

it("lists the profile's modules and features", async () => {
  const state = await read({
    "/etc/authselect/authselect.conf": "custom/site\nwith-faillock\nwith-a\n",
    "/etc/authselect/custom/site/system-auth": template,
    "/etc/authselect/custom/site/password-auth": "password required pam_unix.so\n",
  });
  expect(state).toEqual({
    profile: "custom/site",
    features: ["with-a", "with-faillock"],
    modules: { "system-auth": ["pam_env.so", "pam_faillock.so"], "password-auth": ["pam_unix.so"] },
    source: "/etc/authselect/authselect.conf:1",
  });
  const verdict = (modules: string[], files: ("system-auth" | "password-auth")[]) =>
    authselect.judge(state, { modules, files }, {}).verdict;
  expect(verdict(["pam_faillock.so", "pam_env.so"], ["system-auth"])).toBe("pass");
  expect(verdict(["pam_faillock.so"], ["system-auth", "password-auth"])).toBe("fail");
  expect(authselect.judge(state, { features: ["with-faillock"] }, {}).verdict).toBe("pass");
  expect(authselect.judge(state, { features: ["with-faillock", "with-b"] }, {}).verdict).toBe("fail");
});

it("prefers a vendor's profile, and takes no path out of its directories", async () => {
  const conf = (text: string) => ({ "/etc/authselect/authselect.conf": text });
  const shipped = { "/usr/share/authselect/default/sssd/system-auth": template };
  expect((await read({ ...conf("sssd\n"), ...shipped })).modules["system-auth"]).toHaveLength(2);
  const vendor = { "/usr/share/authselect/vendor/sssd/system-auth": "" };
  expect((await read({ ...conf("sssd\n"), ...shipped, ...vendor })).modules["system-auth"]).toEqual([]);
  for (const text of ["../../etc\n", "custom/..\n", ""]) expect((await read(conf(text))).profile).toBeNull();
  expect(authselect.judge(await read({}), { features: ["x"] }, {}).verdict).toBe("fail");
});
