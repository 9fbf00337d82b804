import type { WebSocket } from "@fastify/websocket";
import { AgentMessage } from "@holdfast/contracts/agent-protocol";
import { Compile } from "typebox/compile";
import { inTransaction } from "../../context.ts";
import type { AgentConnection, Presence } from "../../features/devices/presence.ts";
import { findWorkItem } from "../../features/scans/queries.ts";
import { publish } from "../../live-events.ts";
import type { AgentContext } from "./agent-gate.ts";

const messages = Compile(AgentMessage);
const pingMs = 25_000;
/** People see ten steps a second at most; the rest is dropped. */
const progressMs = 100;

/** Serves one agent's socket: presence while it is open, nudges to it, progress from it. */
export function serveSocket(socket: WebSocket, presence: Presence, agent: AgentContext): void {
  const { ctx, deviceId } = agent;
  const { log } = ctx.services;
  const connection: AgentConnection = {
    nudge: () => socket.send(JSON.stringify({ type: "work" })),
    close: () => socket.close(1000),
  };
  const warn = (error: unknown): void => log.warn({ err: error, deviceId }, "an agent's socket");
  let answered = true;
  const ping = setInterval(() => {
    if (!answered) socket.terminate();
    answered = false;
    if (socket.readyState === socket.OPEN) socket.ping();
  }, pingMs);
  let reportedAt = 0;
  socket.on("pong", () => {
    answered = true;
  });
  socket.on("error", warn);
  socket.on("close", () => {
    clearInterval(ping);
    presence.disconnected(ctx, deviceId, connection).catch(warn);
  });
  socket.on("message", (data) => {
    const message = readMessage(String(data));
    if (message === null) return socket.close(1008, "not a message of the protocol");
    const isLast = message.done >= message.total;
    if (!isLast && Date.now() - reportedAt < progressMs) return;
    reportedAt = Date.now();
    report(agent, message).catch(warn);
  });
  presence
    .connected(ctx, deviceId, connection)
    .then(() => connection.nudge())
    .catch((error) => {
      warn(error);
      socket.close(1011);
    });
}

function readMessage(text: string): AgentMessage | null {
  try {
    const value: unknown = JSON.parse(text);
    return messages.Check(value) ? value : null;
  } catch {
    return null;
  }
}

async function report({ ctx, deviceId }: AgentContext, { workItemId, done, total }: AgentMessage): Promise<void> {
  await inTransaction({ ...ctx, now: new Date() }, async (tx) => {
    if ((await findWorkItem(tx, deviceId, workItemId)) === null) return;
    await publish(tx, { type: "scan", deviceId, workItemId, state: "running", done, total });
  });
}
