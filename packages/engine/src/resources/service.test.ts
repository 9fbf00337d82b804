import { expect, it } from "vitest";
import { type Recording, recordingHost } from "../hosts/recording.ts";
import { service } from "./service.ts";

const unit = "a.service";
const file = "/lib/systemd/system/a.service";
const installable = "[Service]\nExecStart=/bin/a\n[Install]\nWantedBy=multi-user.target\n";
const wants = "/etc/systemd/system/multi-user.target.wants/a.service";
const read = (files: Recording["files"], of = unit) =>
  service.read(recordingHost({ live: false, ...(files ? { files } : {}) }), { unit: of });

it.each<[string, Recording["files"], string]>([
  ["nothing", {}, "not-found"],
  ["no link", { [file]: installable }, "disabled"],
  ["a link", { [file]: installable, [wants]: { linkTo: file } }, "enabled"],
  ["a link of /run", { [file]: installable, [wants.replace("/etc", "/run")]: { linkTo: file } }, "enabled-runtime"],
  ["a link left behind", { [wants]: { linkTo: file } }, "not-found"],
  [
    "the vendor's link only",
    { [file]: "[Service]\n", "/lib/systemd/system/x.wants/a.service": { linkTo: "../a.service" } },
    "static",
  ],
  ["no [Install]", { [file]: "[Service]\nExecStart=/bin/a\n" }, "static"],
  ["a commented [Install]", { [file]: "[Service]\n#[Install]\n#WantedBy=x\n" }, "static"],
  ["only Also=", { [file]: "[Install]\nAlso=b.socket\n" }, "indirect"],
  [
    "masked, though a link is left",
    { [file]: installable, [wants]: { linkTo: file }, "/etc/systemd/system/a.service": { linkTo: "/dev/null" } },
    "masked",
  ],
  [
    "masked until reboot",
    { [file]: installable, "/run/systemd/system/a.service": { linkTo: "/dev/null" } },
    "masked-runtime",
  ],
  ["an empty file masks", { [file]: installable, "/etc/systemd/system/a.service": "" }, "masked"],
  [
    "the admin's file hides the vendor's",
    { [file]: installable, "/etc/systemd/system/a.service": "[Service]\n" },
    "static",
  ],
  [
    "by its alias link",
    { [file]: "[Install]\nAlias=b.service\n", "/etc/systemd/system/b.service": { linkTo: file } },
    "enabled",
  ],
  ["a script without S-links", { "/etc/init.d/a": "", "/etc/rc2.d/K01a": "" }, "disabled"],
  ["a script with an S-link", { "/etc/init.d/a": "", "/etc/rc3.d/S01a": "" }, "enabled"],
  ["generated", { "/run/systemd/generator/a.service": "[Service]\n" }, "generated"],
])("works out enablement: %s", async (_, files, enablement) => {
  const state = await read(files);
  expect(state.enablement).toBe(enablement);
  expect(state.exists).toBe(enablement !== "not-found");
});

it("follows aliases, also in a circle", async () => {
  const files = { [file]: installable, [wants]: { linkTo: file }, "/etc/systemd/system/b.service": { linkTo: file } };
  expect((await read(files, "b.service")).enablement).toBe("enabled");
  const circle = {
    "/lib/systemd/system/a.service": { linkTo: "b.service" },
    "/lib/systemd/system/b.service": { linkTo: "a.service" },
  };
  expect((await read(circle)).enablement).toBe("alias");
});

it("knows instances by their template", async () => {
  const files = {
    "/lib/systemd/system/g@.service": installable,
    "/etc/systemd/system/x.wants/g@1.service": { linkTo: "/lib/systemd/system/g@.service" },
  };
  expect((await read(files, "g@1.service")).enablement).toBe("enabled");
  expect((await read(files, "g@2.service")).enablement).toBe("disabled");
  expect((await read(files, "g@.service")).enablement).toBe("enabled");
});

it("lists the running units once, and leaves activity out where systemd does not run", async () => {
  const host = recordingHost({
    files: { [file]: installable },
    directories: ["/run/systemd/system"],
    commands: {
      "systemctl list-units --all --full --plain --no-legend --no-pager": {
        stdout: "  a.service loaded active running A\n● c.service loaded failed failed C\n",
      },
    },
  });
  expect(await service.read(host, { unit })).toMatchObject({ active: "active" });
  expect(await service.read(host, { unit: "b.service" })).toEqual({
    exists: false,
    enablement: "not-found",
    active: "inactive",
    source: null,
  });
  expect(await service.read(host, { unit: "c.service" })).toMatchObject({ active: "failed" });
  expect(host.ran).toHaveLength(1);
  expect(await service.read(recordingHost({ files: { [file]: installable } }), { unit })).not.toHaveProperty("active");
});

it.each<[Parameters<typeof service.judge>[1], string, string | undefined, string]>([
  [{ enabled: true, active: true }, "enabled", "active", "pass"],
  [{ enabled: true, active: true }, "enabled", "inactive", "fail"],
  [{ enabled: true, active: true }, "enabled", undefined, "pass"],
  [{ enabled: true }, "static", undefined, "fail"],
  [{ enabled: false, active: false }, "not-found", undefined, "pass"],
  [{ active: true }, "not-found", undefined, "fail"],
  [{ enabled: false }, "masked", undefined, "pass"],
  [{ masked: true }, "masked", undefined, "pass"],
  [{ masked: true }, "not-found", undefined, "fail"],
  [{ enablement: ["static", "enabled"] }, "static", undefined, "pass"],
])("judges %j with %s and %s", (desired, enablement, active, verdict) => {
  const state = {
    exists: enablement !== "not-found",
    enablement: enablement as "enabled",
    ...(active === undefined ? {} : { active }),
    source: null,
  };
  expect(service.judge(state, desired, { unit }).verdict).toBe(verdict);
});
