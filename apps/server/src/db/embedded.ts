import { execFile, spawn } from "node:child_process";
import crypto from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { StartupError } from "../errors.ts";
import { prepareBinaries } from "./embedded-binaries.ts";
import { type DatabaseUser, findDatabaseUser, isReachableByOthers } from "./embedded-user.ts";
import { isAlive, readPostmaster, stopPostmaster } from "./postmaster.ts";

export interface EmbeddedDatabase {
  readonly url: string;
  /** The postmaster's process id. */
  readonly pid: number;
  /** Whether it was already running: a killed server leaves its database behind. */
  readonly adopted: boolean;
  /** Fast shutdown: open transactions are rolled back. Safe to call twice. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Extra `-c` settings, e.g. `{ fsync: "off" }` in tests. */
  readonly settings?: Readonly<Record<string, string>>;
}

const startTimeoutMs = 60_000;

/**
 * Starts PostgreSQL in a directory of ours, or adopts the one that a killed process left running there.
 *
 * @param root holds `data`, the password file `pg.secret` and, when needed, a copy of the binaries.
 * @throws StartupError with one sentence that says what to do.
 */
export async function startEmbedded(root: string, options: EmbeddedOptions = {}): Promise<EmbeddedDatabase> {
  try {
    return await start(path.resolve(root), options);
  } catch (error) {
    throw explained(error, root);
  }
}

async function start(root: string, options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const data = path.join(root, "data");
  fs.mkdirSync(root, { recursive: true, mode: 0o711 });
  const user = findDatabaseUser(data);
  if (user !== null && !isReachableByOthers(root)) {
    throw new StartupError(
      `PostgreSQL runs as ${user.name} and cannot reach ${root}; choose a state directory outside a private home.`,
    );
  }
  const password = readOrCreatePassword(root);
  const adopted = await findRunning(data, password);
  if (adopted !== null) return adopted;
  const native = prepareBinaries(root, user !== null);
  if (!fs.existsSync(path.join(data, "PG_VERSION"))) await initialise(root, data, native, password, user);
  return await launch(root, data, native, password, user, options);
}

function readOrCreatePassword(root: string): string {
  const file = path.join(root, "pg.secret");
  try {
    fs.writeFileSync(file, crypto.randomBytes(24).toString("hex"), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return fs.readFileSync(file, "utf8").trim();
}

/** A live process id proves nothing after a reboot: the one that accepts our password is ours. */
async function findRunning(data: string, password: string): Promise<EmbeddedDatabase | null> {
  const endsAt = Date.now() + startTimeoutMs;
  for (;;) {
    const postmaster = readPostmaster(data);
    if (postmaster === null || !isAlive(postmaster.pid)) return null;
    if (postmaster.ready && (await accepts(urlOf(postmaster.port, password)))) {
      return running(postmaster.pid, postmaster.port, password, true);
    }
    if (!postmaster.looksLikePostgres) {
      fs.rmSync(path.join(data, "postmaster.pid"), { force: true });
      return null;
    }
    if (Date.now() > endsAt) {
      throw new StartupError(
        `Process ${postmaster.pid} holds the database in ${data} but does not answer; end it and start again.`,
      );
    }
    await sleep(200);
  }
}

async function initialise(
  root: string,
  data: string,
  native: string,
  password: string,
  user: DatabaseUser | null,
): Promise<void> {
  // Made aside and moved: killed half-way, it is never taken for a database. What is there is what such a start left.
  const unfinished = `${data}.new`;
  for (const leftover of [data, unfinished]) fs.rmSync(leftover, { recursive: true, force: true });
  fs.mkdirSync(unfinished, { mode: 0o700 });
  const passwordFile = path.join(root, ".pw");
  fs.writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user !== null) {
    fs.chownSync(unfinished, user.uid, user.gid);
    fs.chownSync(passwordFile, user.uid, user.gid);
  }
  const options = ["--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", "--no-instructions"];
  try {
    await promisify(execFile)(
      path.join(native, "bin", "initdb"),
      ["-D", unfinished, "-U", "postgres", `--pwfile=${passwordFile}`, ...options],
      { cwd: root, ...idsOf(user) },
    );
    fs.renameSync(unfinished, data);
  } catch (error) {
    fs.rmSync(unfinished, { recursive: true, force: true });
    throw error;
  } finally {
    fs.rmSync(passwordFile, { force: true });
  }
}

async function launch(
  root: string,
  data: string,
  native: string,
  password: string,
  user: DatabaseUser | null,
  options: EmbeddedOptions,
): Promise<EmbeddedDatabase> {
  const endsAt = Date.now() + startTimeoutMs;
  for (;;) {
    const port = await freePort();
    const settings = { ...settingsOf(), ...options.settings };
    const child = spawn(
      path.join(native, "bin", "postgres"),
      [
        "-D",
        data,
        "-p",
        String(port),
        ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
      ],
      // Its own process group: a Ctrl-C in the terminal reaches us alone, and we close in order.
      { cwd: root, detached: true, stdio: ["ignore", "ignore", "pipe"], ...idsOf(user) },
    );
    let output = "";
    let ended: string | null = null;
    child.stderr.on("data", (chunk) => {
      output = (output + chunk).slice(-8192);
    });
    child.once("error", (error) => {
      ended = error.message;
    });
    child.once("exit", async (code) => {
      // What it said last may come after its end; what it started may hold the pipe for longer.
      await Promise.race([once(child.stderr, "close"), sleep(1000)]);
      ended ??= `it exited with ${code}`;
    });
    const ready = (): boolean => readPostmaster(data)?.pid === child.pid && readPostmaster(data)?.ready === true;
    while (ended === null && !ready() && Date.now() < endsAt) await sleep(25);
    if (ended === null && child.pid !== undefined && ready() && (await accepts(urlOf(port, password)))) {
      child.unref();
      child.stderr.destroy();
      return running(child.pid, port, password, false);
    }
    child.kill("SIGKILL");
    const log = lastLogLines(data) + output;
    // Killed postmasters leave backends that need a moment to notice, and hold the lock file until they are collected.
    const passes =
      /pre-existing shared memory block|could not bind|Address already in use|postmaster\.pid" already exists/.test(
        log,
      );
    if (!passes || Date.now() > endsAt) throw new Error(`PostgreSQL did not start (${ended}): ${log.slice(-800)}`);
    await sleep(500);
  }
}

function settingsOf(): Record<string, string> {
  return {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    shared_buffers: "128MB",
    max_connections: "100",
    max_wal_size: "1GB",
    // To files of its own: an adopted server's standard error is a closed pipe.
    logging_collector: "on",
    log_directory: "log",
    log_filename: "postgres-%a.log",
    log_truncate_on_rotation: "on",
    log_rotation_age: "1d",
    log_rotation_size: "0",
  };
}

function running(pid: number, port: number, password: string, adopted: boolean): EmbeddedDatabase {
  return { url: urlOf(port, password), pid, adopted, stop: () => stopPostmaster(pid) };
}

function urlOf(port: number, password: string): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
}

async function accepts(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("select 1");
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

function idsOf(user: DatabaseUser | null): { uid?: number; gid?: number } {
  return user === null ? {} : { uid: user.uid, gid: user.gid };
}

function lastLogLines(data: string): string {
  const directory = path.join(data, "log");
  if (!fs.existsSync(directory)) return "";
  const newest = fs
    .readdirSync(directory)
    .map((name) => path.join(directory, name))
    .sort((a, b) => fs.statSync(b).mtimeMs - fs.statSync(a).mtimeMs)[0];
  return newest === undefined ? "" : fs.readFileSync(newest, "utf8").slice(-4096);
}

function explained(error: unknown, root: string): StartupError {
  if (error instanceof StartupError) return error;
  const { code, stderr = "", message = "" } = error as NodeJS.ErrnoException & { stderr?: string };
  const text = `${message}\n${stderr}`;
  if (code === "ENOSPC" || /No space left on device/i.test(text)) {
    return new StartupError(`The disk that holds ${root} is full; free some space and start again.`, { cause: error });
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS" || /Permission denied/i.test(text)) {
    return new StartupError(`The state directory ${root} cannot be written by this user; choose another one.`, {
      cause: error,
    });
  }
  const fatal = [...text.matchAll(/(?:FATAL|PANIC):\s+(.+)/g)].at(-1)?.[1] ?? text.trim().split("\n")[0] ?? "";
  return new StartupError(`The embedded PostgreSQL in ${root} did not start: ${fatal.slice(0, 300)}`, { cause: error });
}
