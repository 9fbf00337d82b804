import { type Static, Type } from "typebox";
import { Observation } from "./fact.ts";
import { Finding, StatusCounts } from "./finding.ts";
import { OsType, Platform } from "./platform.ts";
import { riskLevels } from "./scoring.ts";

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

/** What `holdfast scan --format json` prints. */
export const ScanReport = Type.Object({
  /** The program's version. */
  holdfast: Type.String(),
  benchmark: Type.Object({
    id: Type.String(),
    version: Type.String(),
    level: Type.Union([Type.Literal(1), Type.Literal(2)]),
    profile: Type.Union([Type.Literal("server"), Type.Literal("workstation")]),
  }),
  device: Type.Object({
    hostname: Type.String(),
    /** `ID-VERSION_ID` of os-release, e.g. "debian-12". */
    platform: Type.String(),
    osType: OsType,
  }),
  /** ISO 8601, UTC. */
  checkedAt: Type.String({ format: "date-time" }),
  /** 0–100, one decimal, weighted by severity; null when nothing was evaluated. */
  score: nullable(Type.Number()),
  riskLevel: nullable(Type.Enum(riskLevels)),
  summary: StatusCounts,
  findings: Type.Array(Finding),
  durationMs: Type.Integer(),
});
export type ScanReport = Static<typeof ScanReport>;

/** The file `holdfast scan --record` writes and `--facts` judges. */
export const RecordedFacts = Type.Object(
  {
    format: Type.Literal("holdfast-facts/1"),
    hostname: Type.String({ maxLength: 253 }),
    platform: Platform,
    /** When the facts were read; ISO 8601, UTC. */
    checkedAt: Type.String({ format: "date-time" }),
    facts: Type.Record(Type.String(), Observation),
  },
  { additionalProperties: false },
);
export type RecordedFacts = Static<typeof RecordedFacts>;
