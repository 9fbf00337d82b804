import path from "node:path";
import type { Pack } from "@holdfast/content/pack";
import { defaultRiskThresholds, type RiskThresholds } from "@holdfast/contracts/scoring";
import { StartupError } from "./errors.ts";
import type { FirstRun } from "./first-run.ts";
import { defaultRateLimits, type RateLimits } from "./http/rate-limits.ts";

export const roles = ["all", "api", "worker"] as const;
export type Role = (typeof roles)[number];

/** What `startServer` is given; what is left out comes from the environment, then from the default. */
export interface ServerConfig {
  /** The content pack devices are judged with. */
  readonly pack: Pack;
  /** Where the embedded database and our keys live. Environment: HOLDFAST_STATE_DIR. Required one way or the other. */
  readonly stateDir?: string;
  /** Default 8423; 0 takes any free port. Environment: PORT. */
  readonly port?: number;
  /** Default 127.0.0.1. Environment: HOST. */
  readonly host?: string;
  /** An external PostgreSQL 15 or newer; without it one is started in the state directory. Environment: DATABASE_URL. */
  readonly databaseUrl?: string;
  /** Jobs go through this Redis, else through PostgreSQL. Environment: REDIS_URL. */
  readonly redisUrl?: string;
  /** Default "all". Environment: HOLDFAST_ROLE. */
  readonly role?: Role;
  /** The built dashboard; without it only the interfaces are served. */
  readonly dashboardDir?: string | null;
  /** Where the log goes; standard error when left out. Environment: HOLDFAST_LOG_FILE. */
  readonly logFile?: string;
  /** pino level, default "info". Environment: HOLDFAST_LOG_LEVEL. */
  readonly logLevel?: string;
  /** Connections of the main pool, default 10. */
  readonly poolSize?: number;
  /**
   * Requests a minute, 0 for as many as come: HOLDFAST_RATE_LIMIT of a token or session (default 6000),
   * HOLDFAST_RATE_LIMIT_ADDRESS of an address that is not signed in (6000), HOLDFAST_RATE_LIMIT_SIGN_IN of sign-ins of an
   * address (300).
   */
  readonly rateLimits?: Partial<RateLimits>;
  /** The lowest score of low, medium and high risk. Environment: HOLDFAST_RISK_THRESHOLDS, e.g. "90,75,50". */
  readonly riskThresholds?: RiskThresholds;
  /**
   * How long a device may take to report on a remediation that it has taken; default 30. Environment:
   * HOLDFAST_REMEDIATION_DEADLINE_MINUTES.
   */
  readonly remediationDeadlineMinutes?: number;
  /** Keeps what an empty database is entered with, before it is made: hashes are all that is left of it afterwards. */
  readonly saveFirstRun?: (firstRun: FirstRun) => Promise<void>;
}

export interface Config {
  readonly pack: Pack;
  readonly stateDir: string;
  readonly port: number;
  readonly host: string;
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
  readonly role: Role;
  readonly dashboardDir: string | null;
  readonly logFile: string | null;
  readonly logLevel: string;
  readonly poolSize: number;
  readonly rateLimits: RateLimits;
  readonly riskThresholds: RiskThresholds;
  readonly remediationDeadlineMinutes: number;
  readonly saveFirstRun: (firstRun: FirstRun) => Promise<void>;
}

/**
 * The whole configuration, read once and frozen; nothing else reads the environment.
 * @throws StartupError when a value makes no sense.
 */
export function readConfig(options: ServerConfig, env: NodeJS.ProcessEnv = process.env): Config {
  const stateDir = options.stateDir ?? env["HOLDFAST_STATE_DIR"];
  if (!stateDir) throw new StartupError("No state directory: pass one or set HOLDFAST_STATE_DIR.");
  const role = options.role ?? env["HOLDFAST_ROLE"] ?? "all";
  if (!isRole(role)) throw new StartupError(`The role "${role}" is none of ${roles.join(", ")}.`);
  const databaseUrl = options.databaseUrl ?? env["DATABASE_URL"] ?? null;
  if (role !== "all" && !databaseUrl) {
    throw new StartupError(`The role "${role}" needs DATABASE_URL: the embedded database serves one process.`);
  }
  const port = options.port ?? Number(env["PORT"] ?? 8423);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new StartupError(`${port} is not a port.`);
  const remediationDeadlineMinutes =
    options.remediationDeadlineMinutes ?? Number(env["HOLDFAST_REMEDIATION_DEADLINE_MINUTES"] ?? 30);
  if (!(remediationDeadlineMinutes > 0))
    throw new StartupError("HOLDFAST_REMEDIATION_DEADLINE_MINUTES is not a number of minutes above 0.");
  return Object.freeze({
    pack: options.pack,
    stateDir: path.resolve(stateDir),
    port,
    host: options.host ?? env["HOST"] ?? "127.0.0.1",
    databaseUrl: databaseUrl || null,
    redisUrl: options.redisUrl ?? env["REDIS_URL"] ?? null,
    role,
    dashboardDir: options.dashboardDir ?? null,
    logFile: options.logFile ?? env["HOLDFAST_LOG_FILE"] ?? null,
    logLevel: options.logLevel ?? env["HOLDFAST_LOG_LEVEL"] ?? "info",
    poolSize: options.poolSize ?? 10,
    rateLimits: {
      credential: options.rateLimits?.credential ?? rateLimit(env, "HOLDFAST_RATE_LIMIT", defaultRateLimits.credential),
      address: options.rateLimits?.address ?? rateLimit(env, "HOLDFAST_RATE_LIMIT_ADDRESS", defaultRateLimits.address),
      signIn: options.rateLimits?.signIn ?? rateLimit(env, "HOLDFAST_RATE_LIMIT_SIGN_IN", defaultRateLimits.signIn),
    },
    riskThresholds: options.riskThresholds ?? readThresholds(env["HOLDFAST_RISK_THRESHOLDS"]),
    remediationDeadlineMinutes,
    saveFirstRun: options.saveFirstRun ?? (async () => undefined),
  });
}

function readThresholds(text: string | undefined): RiskThresholds {
  if (!text) return defaultRiskThresholds;
  const numbers = text.split(",").map(Number);
  const [low = Number.NaN, medium = Number.NaN, high = Number.NaN] = numbers;
  if (numbers.length !== 3 || !(100 >= low && low > medium && medium > high && high >= 0)) {
    throw new StartupError(`HOLDFAST_RISK_THRESHOLDS is "${text}"; give three falling scores such as 90,75,50.`);
  }
  return { low, medium, high };
}

function rateLimit(env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const limit = Number(env[name] ?? fallback);
  if (Number.isInteger(limit) && limit >= 0) return limit;
  throw new StartupError(`${name} is not a number of requests a minute, 0 or more.`);
}

function isRole(value: string): value is Role {
  return (roles as readonly string[]).includes(value);
}
