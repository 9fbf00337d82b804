import { describe, expect, it } from "vitest";
import { UnreadableError } from "../host.ts";
import { recordingHost } from "../hosts/recording.ts";
import { pam } from "./pam.ts";

type Desired = Parameters<typeof pam.judge>[1];

function read(files: Record<string, string>, service = "x") {
  const recorded = Object.entries(files).map(([path, text]) => [
    path.startsWith("/") ? path : `/etc/pam.d/${path}`,
    text,
  ]);
  return pam.read(recordingHost({ files: Object.fromEntries(recorded) }), { service });
}

async function modulesOf(files: Record<string, string>) {
  const state = await read(files);
  return "missing" in state ? null : state.lines.map(({ type, module }) => `${type} ${module}`);
}

async function judge(files: Record<string, string>, desired: Desired) {
  return pam.judge(await read(files), desired, { service: "x" });
}

describe("the stack", () => {
  it("has what include, substack and @include name, in place", async () => {
    const files = {
      x: "auth required a.so\nauth include inc\nauth substack sub\n@include all\nauth required z.so\n",
      inc: "auth required i.so\naccount required no.so\n",
      sub: "AUTH required s.so\npassword required no.so\n",
      all: "auth required t.so\nsession required u.so\n",
    };
    expect(await modulesOf(files)).toEqual([
      "auth a.so",
      "auth i.so",
      "auth s.so",
      "auth t.so",
      "session u.so",
      "auth z.so",
    ]);
  });

  it("keeps to the type of the outermost include", async () => {
    const files = { x: "auth include a\n", a: "@include b\n", b: "auth required y.so\naccount required n.so\n" };
    expect(await modulesOf(files)).toEqual(["auth y.so"]);
  });

  it("has the modules that may be missing", async () => {
    expect(await modulesOf({ x: "-session optional pam_systemd.so\n" })).toEqual(["session pam_systemd.so"]);
  });

  it("leaves out what the library does not understand", async () => {
    expect(await modulesOf({ x: "nonsense required a.so\nauth required\nauth\n@include\n" })).toEqual([]);
  });

  it("says where a line stands, and takes an absolute include", async () => {
    const state = await read({
      x: "# c\n@include /opt/pam\n",
      "/opt/pam": "\nauth [success=1  default=ignore] pam_unix.so a\n",
    });
    expect(state).toEqual({
      lines: [
        {
          type: "auth",
          control: "[success=1 default=ignore]",
          module: "pam_unix.so",
          arguments: ["a"],
          source: "/opt/pam:2",
        },
      ],
    });
  });

  it("comes from /usr/lib/pam.d where /etc/pam.d has no such service", async () => {
    expect(await modulesOf({ "/usr/lib/pam.d/x": "auth required a.so\n" })).toEqual(["auth a.so"]);
  });

  it("is missing where there is no such service", async () => {
    expect(await modulesOf({})).toBeNull();
  });

  it("goes on where an included file is missing", async () => {
    expect(await modulesOf({ x: "@include gone\nauth required a.so\n" })).toEqual(["auth a.so"]);
  });

  it("is an error where files include one another", async () => {
    await expect(read({ x: "@include x\n" })).rejects.toThrow(UnreadableError);
    await expect(read({ x: "@include y\n@include y\n", y: "@include x\n@include x\n" })).rejects.toThrow(
      UnreadableError,
    );
  });
});

const unix = { type: "auth", module: "pam_unix.so" } as const;
const history = { type: "password", module: "pam_pwhistory.so" } as const;

it.each<[string, string, Desired, "pass" | "fail"]>([
  ["a module", "auth required pam_unix.so", unix, "pass"],
  ["a module by its path", "auth required /lib/security/pam_unix.so", unix, "pass"],
  ["a module of another type", "account required pam_unix.so", unix, "fail"],
  ["a module of any type", "account required pam_unix.so", { ...unix, type: "*" }, "pass"],
  ["a module commented out", "# auth required pam_unix.so", unix, "fail"],
  ["an absent module", "auth required pam_deny.so", { ...unix, present: false }, "pass"],
  ["an unwanted module", "auth required pam_unix.so", { ...unix, present: false }, "fail"],
  ["a control", "auth requisite pam_unix.so", { ...unix, control: ["required", "requisite"] }, "pass"],
  ["another control", "auth sufficient pam_unix.so", { ...unix, control: ["required", "requisite"] }, "fail"],
  ["arguments", "auth required pam_unix.so b a=1 c", { ...unix, with: ["a=*", "b"] }, "pass"],
  ["too few arguments", "auth required pam_unix.so b", { ...unix, with: ["a=*", "b"] }, "fail"],
  [
    "arguments of two lines",
    "auth required pam_unix.so a\nauth required pam_unix.so b",
    { ...unix, with: ["a", "b"] },
    "fail",
  ],
  [
    "one of several arguments",
    "auth required pam_unix.so yescrypt",
    { ...unix, any_with: ["sha512", "yescrypt"] },
    "pass",
  ],
  ["none of several arguments", "auth required pam_unix.so md5", { ...unix, any_with: ["sha512", "yescrypt"] }, "fail"],
  [
    "a value",
    "password required pam_pwhistory.so remember=24",
    { ...history, argument: { name: "remember", at_least: 24 } },
    "pass",
  ],
  [
    "a value that is too small",
    "password required pam_pwhistory.so remember=23",
    { ...history, argument: { name: "remember", at_least: 24 } },
    "fail",
  ],
  [
    "the last of two values",
    "password required pam_pwhistory.so remember=24 remember=5",
    { ...history, argument: { name: "remember", at_least: 24 } },
    "fail",
  ],
  [
    "no value",
    "password required pam_pwhistory.so",
    { ...history, argument: { name: "remember", at_least: 24 } },
    "fail",
  ],
  [
    "a longer name",
    "password required pam_pwhistory.so remembers=24",
    { ...history, argument: { name: "remember", at_least: 24 } },
    "fail",
  ],
  [
    "an absent value",
    "password required pam_pwhistory.so",
    { ...history, argument: { name: "remember", absent: true } },
    "pass",
  ],
  [
    "every line without",
    "auth required pam_unix.so\npassword required pam_unix.so",
    { type: "*", module: "pam_unix.so", every_without: ["nullok"] },
    "pass",
  ],
  [
    "one line with",
    "auth required pam_unix.so\npassword required pam_unix.so nullok",
    { type: "*", module: "pam_unix.so", every_without: ["nullok"] },
    "fail",
  ],
  [
    "one line with, of another type",
    "auth required pam_unix.so\npassword required pam_unix.so nullok",
    { ...unix, every_without: ["nullok"] },
    "pass",
  ],
  [
    "one line with a value",
    "password required pam_unix.so remember=5",
    { type: "password", module: "pam_unix.so", every_without: ["remember=*"] },
    "fail",
  ],
  ["no line to be without", "auth required pam_deny.so", { ...unix, every_without: ["nullok"] }, "pass"],
])("%s", async (_, text, desired, verdict) => {
  expect((await judge({ x: text }, desired)).verdict).toBe(verdict);
});

it("says which lines there are", async () => {
  const judgement = await judge(
    { x: "auth sufficient pam_unix.so nullok\n" },
    { ...unix, control: ["required"], with: ["a"] },
  );
  expect(judgement).toEqual({
    verdict: "fail",
    expected: "a line: auth pam_unix.so as required with a",
    actual: "only auth sufficient pam_unix.so nullok",
    source: "/etc/pam.d/x:1",
  });
});

it("fails, or for what must be absent passes, without the service", async () => {
  expect(await judge({}, unix)).toMatchObject({ verdict: "fail", actual: "there is no PAM service x" });
  expect((await judge({}, { ...unix, present: false })).verdict).toBe("pass");
});

describe("who may use su", () => {
  const desired: Desired = {
    type: "auth",
    module: "pam_wheel.so",
    control: ["required", "requisite"],
    with: ["use_uid", "group=*"],
    group_empty: true,
  };
  const passwd = "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n";
  it.each<[string, string, string, "pass" | "fail"]>([
    ["nobody", "auth required pam_wheel.so use_uid group=nobodies", "nobodies:x:500:", "pass"],
    [
      "nobody, a doubled line",
      "auth required pam_wheel.so use_uid group=a\nauth required pam_wheel.so use_uid group=b",
      "a:x:500:\nb:x:501:",
      "pass",
    ],
    ["a member", "auth required pam_wheel.so use_uid group=nobodies", "nobodies:x:500:ann", "fail"],
    ["an account of that group", "auth required pam_wheel.so use_uid group=nobodies", "nobodies:x:1000:", "fail"],
    ["those of no group", "auth required pam_wheel.so use_uid group=gone", "nobodies:x:500:", "fail"],
    ["anyone but members", "auth required pam_wheel.so use_uid deny group=nobodies", "nobodies:x:500:", "fail"],
    ["anyone: only sufficient", "auth sufficient pam_wheel.so use_uid group=nobodies", "nobodies:x:500:", "fail"],
    ["anyone: no such line", "auth sufficient pam_rootok.so", "nobodies:x:500:", "fail"],
    ["no group named", "auth required pam_wheel.so use_uid", "wheel:x:500:", "fail"],
  ])("%s", async (_, text, group, verdict) => {
    const files = { x: text, "/etc/group": group, "/etc/passwd": passwd };
    expect((await judge(files, desired)).verdict).toBe(verdict);
  });

  it("counts members and owners once each; wheel, or else group 0, where none is named", async () => {
    const line = "auth required pam_wheel.so use_uid\n";
    const groups = async (group: string) => {
      const state = await read({ x: line, "/etc/group": group, "/etc/passwd": passwd });
      return "missing" in state ? null : state.groups;
    };
    expect(await groups("wheel:x:1000:ann,bob\n")).toEqual({ wheel: 2 });
    expect(await groups("root:x:0:\n")).toEqual({ wheel: 1 });
  });
});
