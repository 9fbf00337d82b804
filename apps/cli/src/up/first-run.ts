import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { CommandError } from "../exit.ts";
import { writeFileAtomically } from "../write-file-atomically.ts";

/** How to get in, for people and scripts: `<state-dir>/first-run.json`, mode 0600. `deviceId` is null until this machine enrolled. */
export const FirstRun = Type.Object({
  url: Type.String(),
  email: Type.String(),
  password: Type.String(),
  apiToken: Type.String(),
  orgId: Type.String(),
  deviceId: Type.Union([Type.String(), Type.Null()]),
});
export type FirstRun = Static<typeof FirstRun>;

/** @returns null when the file does not exist. @throws CommandError when it is not what we wrote. */
export function readFirstRun(stateDir: string): FirstRun | null {
  const file = path.join(stateDir, "first-run.json");
  if (!existsSync(file)) return null;
  try {
    return Value.Parse(FirstRun, JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new CommandError(`${file} is damaged; move it away and start again.`, undefined, { cause: error });
  }
}

export async function writeFirstRun(stateDir: string, firstRun: FirstRun): Promise<void> {
  await writeFileAtomically(path.join(stateDir, "first-run.json"), `${JSON.stringify(firstRun, null, 2)}\n`, 0o600);
}
