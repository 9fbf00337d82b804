import { asSystem, type Ctx, inTransaction, type Services } from "../../context.ts";
import { type LiveEvents, publish } from "../../live-events.ts";
import { selectDevicesWithWork } from "../scans/queries.ts";
import { releaseClaimedWork } from "../scans/release-claimed-work.ts";
import { extendPresence, setPresence } from "./queries.ts";

/** A connected device is online for this long; being connected extends it. */
const onlineForMs = 90_000;
const beatMs = 30_000;
const sweepMs = 5000;

/** One agent's connection. */
export interface AgentConnection {
  /** Tells the agent to claim work. */
  nudge(): void;
  /** Ends it, e.g. when the device connects again. */
  close(): void;
}

/** The agents connected to this process: who is online, and how they hear of work. */
export class Presence {
  readonly #services: Services;
  readonly #connections = new Map<string, { readonly ctx: Ctx; readonly connection: AgentConnection }>();
  readonly #timers: NodeJS.Timeout[];
  readonly #unsubscribe: () => void;
  #sweptUntil = new Date();

  constructor(services: Services, events: LiveEvents) {
    this.#services = services;
    this.#unsubscribe = events.onWork((deviceIds) => {
      for (const id of deviceIds) this.#connections.get(id)?.connection.nudge();
    });
    this.#timers = [this.#every(beatMs, () => this.#beat()), this.#every(sweepMs, () => this.#sweep())];
  }

  /**
   * The device is online from now on; an older connection of it is closed. What it had claimed is offered again: an agent
   * that was killed does not know of it any more, and one that does answers it before it claims again.
   */
  async connected(ctx: Ctx, deviceId: string, connection: AgentConnection): Promise<void> {
    this.#connections.get(deviceId)?.connection.close();
    this.#connections.set(deviceId, { ctx, connection });
    await inTransaction({ ...ctx, now: new Date() }, async (tx) => {
      await setPresence(tx, deviceId, new Date(tx.now.getTime() + onlineForMs));
      await releaseClaimedWork(tx, deviceId);
      await publish(tx, { type: "device", deviceId, status: "online" });
    });
  }

  /** The device is offline, unless it has connected again since. */
  async disconnected(ctx: Ctx, deviceId: string, connection: AgentConnection): Promise<void> {
    if (this.#connections.get(deviceId)?.connection !== connection) return;
    this.#connections.delete(deviceId);
    await inTransaction({ ...ctx, now: new Date() }, async (tx) => {
      await setPresence(tx, deviceId, tx.now);
      await publish(tx, { type: "device", deviceId, status: "offline" });
    });
  }

  /** Ends every connection and says that the devices are offline. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#unsubscribe();
    const connected = [...this.#connections];
    await Promise.all(connected.map(([id, { ctx, connection }]) => this.disconnected(ctx, id, connection)));
    for (const [, { connection }] of connected) connection.close();
  }

  async #beat(): Promise<void> {
    const ids = [...this.#connections.keys()];
    if (ids.length === 0) return;
    const now = new Date();
    const until = new Date(now.getTime() + onlineForMs);
    const there = new Set(await asSystem(this.#services, (db) => extendPresence(db, ids, now, until)));
    // Those that were removed have nothing to wait for.
    for (const id of ids.filter((one) => !there.has(one))) this.#connections.get(id)?.connection.close();
  }

  /** Scheduled work becomes available without anyone announcing it. */
  async #sweep(): Promise<void> {
    const ids = [...this.#connections.keys()];
    const until = new Date();
    if (ids.length > 0) {
      const after = this.#sweptUntil;
      const waiting = await asSystem(this.#services, (db) => selectDevicesWithWork(db, ids, after, until));
      for (const id of waiting) this.#connections.get(id)?.connection.nudge();
    }
    this.#sweptUntil = until;
  }

  #every(ms: number, work: () => Promise<void>): NodeJS.Timeout {
    return setInterval(() => {
      work().catch((error) => this.#services.log.warn({ err: error }, "presence could not be kept"));
    }, ms);
  }
}
