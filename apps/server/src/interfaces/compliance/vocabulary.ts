import type { OsType } from "@holdfast/contracts/platform";
import { roundScore } from "@holdfast/contracts/scoring";
import { Type } from "typebox";

/** Interface A's words for operating systems; `macos` is taken too. */
export const TargetOs = Type.Enum(["windows", "darwin", "linux"]);
export const TargetOsInput = Type.Enum(["windows", "darwin", "linux", "macos"]);
export const CisLevel = Type.Enum(["level_1", "level_2"]);
export const ScheduleType = Type.Enum(["continuous", "manual"]);
export const ResultStatus = Type.Enum(["passed", "failed", "error", "skipped", "exempted"]);
export const Uuid = Type.String({ format: "uuid" });
export const Time = Type.String({ format: "date-time" });
/** 0–100, one decimal; null when nothing was evaluated. */
export const Score = Type.Union([Type.Number(), Type.Null()]);

export const tags = ["compliance"];
/** Unknown members are refused, and named. */
export const closed = { additionalProperties: false };
/** For routes that take no query parameters. */
export const NoQuery = Type.Object({}, closed);
export const reading = { permission: "devices:read" } as const;
export const changing = { permission: "orgs:write" } as const;
export const ById = Type.Object({ id: Uuid });
export const ByAgent = Type.Object({ uuid: Uuid });

export function osTypeOf(targetOs: "windows" | "darwin" | "linux" | "macos"): OsType {
  return targetOs === "darwin" ? "macos" : targetOs;
}

export function targetOsOf(osType: OsType): "windows" | "darwin" | "linux" {
  return osType === "macos" ? "darwin" : osType;
}

export function presentScoreValue(score: number | null): number | null {
  return score === null ? null : roundScore(score, 1);
}
