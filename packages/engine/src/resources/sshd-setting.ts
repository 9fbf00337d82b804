import { type Static, Type } from "typebox";
import type { Resource } from "../resource.ts";
import { describeSshd, type SshdCandidate, SshdDesired, sshdMeets } from "./sshd-desired.ts";
import { planSshdSetting } from "./sshd-setting-plan.ts";
import { readSshdSetting, type SshdSettingState, testModeSource } from "./sshd-state.ts";

const Target = Type.Object({ key: Type.String({ pattern: "^[a-z][a-z0-9]*$" }) }, { additionalProperties: false });

/**
 * A keyword of the SSH daemon. It complies only when the value for every connection does and those that Match blocks
 * set instead do too. @see sshd_config(5)
 */
export const sshdSetting: Resource<Static<typeof Target>, SshdSettingState, SshdDesired> = {
  kind: "sshd_setting",
  target: Target,
  desired: SshdDesired,
  address: ({ key }) => `sshd_setting:${key}`,
  read: (host, { key }) => readSshdSetting(host, key),
  judge(state, desired, { key }) {
    const wrong = state.matchOverrides.filter((override) => !sshdMeets(override, desired));
    const right = sshdMeets(state, desired);
    const onDiskOnly = state.source.startsWith(testModeSource) ? "" : " (judged on disk only)";
    const overridden = wrong.map(({ match, ...override }) => `${spell(override)} for "Match ${match}"`);
    return {
      verdict: right && wrong.length === 0 ? "pass" : "fail",
      expected: `${key} ${describeSshd(desired)}${onDiskOnly}`,
      actual: [`${key} ${spell(state)}`, ...overridden].join("; but "),
      source: right && wrong[0] !== undefined ? wrong[0].source : state.source,
    };
  },
  plan(state, desired, { key }) {
    if (state.matchOverrides.some((override) => !sshdMeets(override, desired))) return null;
    if (sshdMeets(state, desired)) return { changes: [], activations: [], risk: "" };
    return planSshdSetting(key, state, desired);
  },
};

function spell({ value, refused, fileExists }: SshdCandidate): string {
  if (value === null) return "is not set";
  const remark = refused ? ", which sshd refuses" : fileExists === false ? ", which is not there" : "";
  return `is ${value === "" ? "empty" : value}${remark}`;
}
