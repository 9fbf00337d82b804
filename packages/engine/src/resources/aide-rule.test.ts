import { expect, it } from "vitest";
import { type RecordedFile, recordingHost } from "../hosts/recording.ts";
import { aideRule } from "./aide-rule.ts";

const path = "/usr/sbin/auditctl";
const read = (conf: string, files: Record<string, RecordedFile> = {}, asked = path) =>
  aideRule.read(
    recordingHost({ files: { "/etc/aide/aide.conf": conf, [path]: "", "/sbin": { linkTo: "usr/sbin" }, ...files } }),
    { path: asked },
  );
const attributes = async (conf: string, files: Record<string, RecordedFile> = {}) =>
  (await read(conf, files)).attributes.join("+");

it("resolves groups in order, adding and taking away", async () => {
  expect(await attributes(`A = p+u\nB = A+g-u\n${path} B+sha512 # note\n`)).toBe("g+p+sha512");
  expect(await attributes(`X1=E\n${path} X1+i\n`)).toBe("i");
  expect((await read(`${path} R\n`)).attributes).toEqual(expect.arrayContaining(["md5", "acl", "xattrs", "n"]));
});

it("takes the most exact rule, `=` first, and none when one excludes the file", async () => {
  expect(await attributes(`/ p\n/usr/sbin u\n/usr g\n`)).toBe("u");
  expect(await attributes(`/usr/sbin/audit.* u\n=/usr/sbin/auditctl g\n`)).toBe("g");
  expect(await attributes(`=/usr/sbin p\n`)).toBe("");
  expect(await attributes(`/usr p\n!/usr/sbin/audit\n`)).toBe("");
  expect(await attributes(`/usr p\n!/usr/sbin/audit d\n`)).toBe("p");
  expect(await attributes(`/usr d p\n/usr f u\n`)).toBe("u");
});

it("follows the links of the directory, as AIDE does not", async () => {
  expect((await read("/sbin/auditctl p\n", {}, "/sbin/auditctl")).rule).toBeNull();
  expect((await read(`${path} p\n`, {}, "/sbin/auditctl")).attributes).toEqual(["p"]);
  expect((await read("/sbin/auditctl p\n", { "/sbin": { type: "directory" } }, "/sbin/auditctl")).attributes).toEqual([
    "p",
  ]);
});

it("reads includes, runs no program, and obeys macros", async () => {
  const conf = `@@define D /usr\n@@include /etc/aide/one\n@@x_include /etc/aide/conf.d ^[a-z]+$\n@@ifdef NOT\n/usr/sbin/auditctl c\n@@else\n@@{D}/sbin/auditctl b\n@@endif\n`;
  const state = await read(conf, {
    "/etc/aide/one": "G = p\n",
    "/etc/aide/conf.d/plain": "/usr/sbin G\n",
    "/etc/aide/conf.d/program": { text: "/usr/sbin/auditctl x\n", mode: 0o755 },
    "/etc/aide/conf.d/no.dpkg-old": "/usr/sbin/auditctl y\n",
  });
  expect(state).toMatchObject({
    attributes: ["b"],
    executed: ["/etc/aide/conf.d/program"],
    source: "/etc/aide/aide.conf:7",
  });
});

it("passes over what is no pattern, and stops at a loop", async () => {
  expect(await attributes(`/((( p\n(a+)+ p\nnonsense\n${path} p\n`)).toBe("p");
  await expect(read("@@include /etc/aide/aide.conf\n")).rejects.toThrow("too many nested includes");
});

it("wants every attribute, and says that programs were not run", async () => {
  const state = { rule: path, attributes: ["p", "sha512", "u"], source: "x:1", executed: [] };
  const judge = (of: typeof state | Awaited<ReturnType<typeof read>>, ...names: string[]) =>
    aideRule.judge(of, { attributes: names }, { path });
  expect(judge(state, "p", "sha512").verdict).toBe("pass");
  expect(judge(state, "p", "acl")).toMatchObject({ verdict: "fail", actual: `${path} does not compare acl` });
  const none = { rule: null, attributes: [], source: null, executed: ["/x"] };
  expect(judge(none, "p").actual).toBe("no rule selects it; not known: rules of 1 included programs");
});
