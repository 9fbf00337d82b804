import { type Static, Type } from "typebox";
import type { Resource } from "../resource.ts";
import { readScheduledCommands } from "./scheduled-commands.ts";

/*
 * cron_job: { pattern: '\baide\b.*--check\b', scheduled: true }
 *
 * Something starts a command that the pattern (a JavaScript regular expression, `u` flag) is found in: a crontab, a script
 * in /etc/cron.daily and its like, anacron, or an enabled systemd timer.
 *
 * State: { jobs: [{ schedule, command, source }] }, of each command what matched; at most 20
 */
const Target = Type.Object({ pattern: Type.String({ minLength: 1 }) }, { additionalProperties: false });
const Desired = Type.Object({ scheduled: Type.Boolean() }, { additionalProperties: false });

interface CronJobState {
  readonly jobs: readonly { readonly schedule: string; readonly command: string; readonly source: string }[];
}

const maxJobs = 20;

/** A command that is started regularly. Whether its scheduler runs is for `service` to say. @see crontab(5), systemd.timer(5) */
export const cronJob: Resource<Static<typeof Target>, CronJobState, Static<typeof Desired>> = {
  kind: "cron_job",
  target: Target,
  desired: Desired,
  address: ({ pattern }) => `cron_job:${pattern}`,
  async read(host, { pattern }) {
    const expression = new RegExp(pattern, "u");
    const jobs = (await readScheduledCommands(host)).flatMap(({ schedule, command, source }) => {
      // Only what matched is kept: the rest of a command may hold a password.
      const matched = expression.exec(withoutComment(command).slice(0, 2000))?.[0];
      return matched === undefined ? [] : [{ schedule, command: matched.slice(0, 100), source }];
    });
    return { jobs: jobs.slice(0, maxJobs) };
  },
  judge({ jobs }, { scheduled }, { pattern }) {
    const [first] = jobs;
    return {
      verdict: (first !== undefined) === scheduled ? "pass" : "fail",
      expected: `a command matching /${pattern}/ is ${scheduled ? "" : "not "}started regularly`,
      actual: first === undefined ? "none is" : `${first.schedule}: ${first.command}`,
      source: first?.source ?? null,
    };
  },
};

/** Without a comment of the shell's at the end. */
function withoutComment(command: string): string {
  return command.replace(/(?:^|\s)#.*$/, "");
}
