import type { OsType } from "@holdfast/contracts/platform";
import { Type } from "typebox";

/** Interface A's words for operating systems; `macos` is taken too. */
export const TargetOs = Type.Enum(["windows", "darwin", "linux"]);
export const TargetOsInput = Type.Enum(["windows", "darwin", "linux", "macos"]);
export const CisLevel = Type.Enum(["level_1", "level_2"]);
export const ScheduleType = Type.Enum(["continuous", "manual"]);
export const ResultStatus = Type.Enum(["passed", "failed", "error", "skipped", "exempted"]);
export const Uuid = Type.String({ format: "uuid" });
export const Time = Type.String({ format: "date-time" });

export function osTypeOf(targetOs: "windows" | "darwin" | "linux" | "macos"): OsType {
  return targetOs === "darwin" ? "macos" : targetOs;
}

export function targetOsOf(osType: OsType): "windows" | "darwin" | "linux" {
  return osType === "macos" ? "darwin" : osType;
}
