import { expect, it } from "vitest";
import { type RecordedFile, recordingHost } from "../hosts/recording.ts";
import { cronJob } from "./cron-job.ts";

const target = { pattern: "\\baide\\b.*--check\\b" };
const jobs = async (files: Record<string, RecordedFile>) =>
  (await cronJob.read(recordingHost({ files }), target)).jobs.map(
    ({ schedule, command, source }) => `${schedule} | ${command} | ${source}`,
  );
const command = "/usr/bin/aide.wrapper --config /etc/aide.conf --check";

it("finds commands in crontabs, and no comments, variables or files that cron ignores", async () => {
  expect(
    await jobs({
      "/etc/crontab": `# 0 5 * * * root ${command}\nX=aide --check\n0 5\t* * * root ${command} --secret x\n`,
    }),
  ).toEqual(["0 5 * * * | aide.wrapper --config /etc/aide.conf --check | /etc/crontab:3"]);
  expect(
    await jobs({
      "/etc/cron.d/aide": `@daily root ${command}\n`,
      "/etc/cron.d/aide.dpkg-old": `@daily root ${command}\n`,
    }),
  ).toHaveLength(1);
  expect(await jobs({ "/var/spool/cron/crontabs/root": `5 4 * * * ${command}\n` })).toHaveLength(1);
  expect(
    await jobs({ "/var/spool/cron/root": `@weekly ${command}\n`, "/etc/anacrontab": `1 5 aide ${command}\n` }),
  ).toHaveLength(2);
});

it("looks into scripts that run-parts would start", async () => {
  const script = (mode: number) => ({ text: `#!/bin/sh\n# aide --check\ntrue # aide --check\n${command}\n`, mode });
  expect(await jobs({ "/etc/cron.daily/aide": script(0o755) })).toEqual([
    "daily | aide.wrapper --config /etc/aide.conf --check | /etc/cron.daily/aide:4",
  ]);
  expect(await jobs({ "/etc/cron.daily/aide": script(0o644), "/etc/cron.daily/aide.sh": script(0o755) })).toEqual([]);
});

it("follows enabled timers to what their services start", async () => {
  const units = {
    "/usr/lib/systemd/system/dailyaidecheck.timer": "[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n",
    "/usr/lib/systemd/system/dailyaidecheck.service": `[Service]\nExecStart=${command}\n`,
  };
  expect(await jobs(units)).toEqual([]);
  const link = {
    "/etc/systemd/system/timers.target.wants/dailyaidecheck.timer": {
      linkTo: "/usr/lib/systemd/system/dailyaidecheck.timer",
    },
  };
  expect(await jobs({ ...units, ...link })).toHaveLength(1);
  const other = {
    "/usr/lib/systemd/system/dailyaidecheck.timer": "[Timer]\nUnit=other.service\n[Install]\nWantedBy=timers.target\n",
  };
  expect(await jobs({ ...units, ...other, ...link })).toEqual([]);
});

it("judges whether there is a job", () => {
  const job = { schedule: "daily", command: "x", source: "y:1" };
  expect(cronJob.judge({ jobs: [job] }, { scheduled: true }, target).verdict).toBe("pass");
  expect(cronJob.judge({ jobs: [] }, { scheduled: true }, target).verdict).toBe("fail");
  expect(cronJob.judge({ jobs: [] }, { scheduled: false }, target).verdict).toBe("pass");
});
