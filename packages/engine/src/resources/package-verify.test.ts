import { expect, it } from "vitest";
import { type Recording, recordingHost } from "../hosts/recording.ts";
import { packageVerify } from "./package-verify.ts";

const query = "rpm -qa --qf %{NAME}\\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\\n";
const common = "rpm --verify --all --nodeps --noscripts --nosignature --nodigest --nomtime --nolinkto --nordev";
const stdout = `.M.......    /usr/bin/a
S.5......  c /etc/b
S.5......    /usr/bin/c
.....UG..  g /var/log/d
missing      /usr/share/e (Permission denied)
missing    d /usr/share/doc/f
.....U...  c /etc/g
nonsense
`;
const rpm = (verify: string, result: { exitCode: number; stdout?: string }): Recording => ({
  directories: ["/var/lib/rpm"],
  commands: { [query]: { stdout: "bash\t5-1\n" }, [verify]: result },
});

it("lists files whose mode or owner differs, ghosts left out", async () => {
  const machine = rpm(`${common} --nofiledigest --nosize`, { exitCode: 1, stdout });
  expect(await packageVerify.read(recordingHost(machine), { compare: "attributes" })).toEqual({
    count: 2,
    differing: ["/etc/g", "/usr/bin/a"],
  });
});

it("lists files whose contents differ, configuration left out", async () => {
  const machine = rpm(`${common} --nomode --nouser --nogroup`, { exitCode: 1, stdout });
  expect((await packageVerify.read(recordingHost(machine), { compare: "contents" })).differing).toEqual([
    "/usr/bin/c",
    "/usr/share/e",
  ]);
});

it("asks dpkg for contents only, and does not guess when verifying fails", async () => {
  const files = { "/var/lib/dpkg/status": "Package: dash\nStatus: install ok installed\nVersion: 1\n" };
  const host = (exitCode: number) =>
    recordingHost({
      files,
      commands: { "dpkg --verify": { exitCode, stdout: "??5??????   /bin/x\n??5?????? c /etc/y\n" } },
    });
  expect((await packageVerify.read(host(1), { compare: "contents" })).differing).toEqual(["/bin/x"]);
  await expect(packageVerify.read(host(2), { compare: "contents" })).rejects.toThrow("verification failed");
  await expect(packageVerify.read(host(0), { compare: "attributes" })).rejects.toThrow("dpkg does not keep");
});

it("allows as many as asked", () => {
  const judge = (count: number) =>
    packageVerify.judge({ count, differing: [] }, { differences_max: 1 }, { compare: "contents" }).verdict;
  expect([judge(0), judge(1), judge(2)]).toEqual(["pass", "pass", "fail"]);
});
