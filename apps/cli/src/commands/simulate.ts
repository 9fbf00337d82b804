import { EnrolmentRefused, runSimulator } from "@holdfast/agent/main";
import { type Command, InvalidArgumentError, Option } from "commander";
import { loadBuiltInPack } from "../built-in-pack.ts";
import { loadBuiltInProofs } from "../built-in-proofs.ts";
import { CommandError, exitCode } from "../exit.ts";

interface Flags {
  readonly url: string;
  readonly token?: string;
  readonly org?: string;
  readonly devices: number;
  readonly os: string;
  readonly platform?: string;
  readonly stateDir?: string;
  readonly control?: boolean;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command("simulate")
    .description("Enrol simulated devices and report facts for them, to try a server out or to test against it.")
    .requiredOption("--url <url>", "the server's address, e.g. http://127.0.0.1:8423")
    .option("--token <token>", "API token with orgs:write, or an enrolment token (or HOLDFAST_TOKEN)")
    .option("--org <id>", "organisation the devices join, for an API token of several")
    .option("--devices <n>", "how many", count, 1)
    .addOption(new Option("--os <os>", "operating system").choices(["linux", "windows", "macos"]).default("linux"))
    .option("--platform <name>", "e.g. debian-12, ubuntu-24.04, rhel-9 (default: debian-12 for linux)")
    .option("--state-dir <dir>", "keep the devices there, and resume them")
    .option("--control", "report only what is asked for on standard input; docs/simulator.md lists the requests")
    .option("--json", "print events as JSON (always with --control)")
    .addHelpText(
      "after",
      "\nRuns until it is stopped; with --control also until standard input ends.\n" +
        "Exit status: 0 stopped on request, 2 wrong usage, 3 could not run.\n\nExamples:\n" +
        "  holdfast simulate --url http://127.0.0.1:8423 --token hf_… --devices 200\n" +
        "  holdfast simulate --control --url http://127.0.0.1:8423 --token hf_… --devices 3 --os linux",
    )
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => controller.abort());
  const { url: serverUrl, devices, os } = flags;
  const control = flags.control ?? false;
  if (!URL.canParse(serverUrl)) throw new CommandError(`"${serverUrl}" is no address.`, exitCode.usage);
  const token = flags.token ?? process.env["HOLDFAST_TOKEN"];
  if (token === undefined || token === "")
    throw new CommandError("A token is needed: --token or HOLDFAST_TOKEN.", exitCode.usage);
  const pack = await loadBuiltInPack();
  try {
    await runSimulator({
      serverUrl,
      token,
      devices,
      os,
      control,
      pack,
      ...(flags.org === undefined ? {} : { orgId: flags.org }),
      ...(flags.platform === undefined ? {} : { platform: flags.platform }),
      ...(flags.stateDir === undefined ? {} : { stateDir: flags.stateDir }),
      loadProofs: () => loadBuiltInProofs(pack),
      signal: controller.signal,
      input: process.stdin,
      print: control || flags.json ? printLine : counter(devices),
      log: (line) => process.stderr.write(`${line}\n`),
    });
  } catch (error) {
    if (error instanceof RangeError) throw new CommandError(error.message, exitCode.usage, { cause: error });
    if (error instanceof EnrolmentRefused) throw new CommandError(error.message, undefined, { cause: error });
    throw error;
  } finally {
    // An open pipe would keep the process.
    if (control) process.stdin.destroy();
  }
}

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** For people: when it is ready, and how many scans were reported, at most once a second. */
function counter(devices: number): (line: string) => void {
  let reported = 0;
  let isDue = false;
  const say = (): void => {
    isDue = false;
    process.stdout.write(`${reported} scans reported\n`);
  };
  process.stdout.write(`Enrolling ${devices} devices …\n`);
  return (line) => {
    if (line.startsWith('{"event":"ready"')) {
      process.stdout.write("Ready; Ctrl-C ends it.\n");
      return;
    }
    reported += 1;
    if (isDue) return;
    isDue = true;
    setTimeout(say, 1_000).unref();
  };
}

function count(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 10_000)
    throw new InvalidArgumentError("Use a number from 1 to 10000.");
  return value;
}
