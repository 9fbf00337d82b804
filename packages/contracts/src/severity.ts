import { Type } from "typebox";

/** Most severe first. The rubric is in docs/content.md. */
export const severities = ["critical", "high", "medium", "low"] as const;
export type Severity = (typeof severities)[number];
export const Severity = Type.Enum(severities);
