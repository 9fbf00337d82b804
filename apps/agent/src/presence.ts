import { type AgentMessage, ServerMessage } from "@holdfast/contracts/agent-protocol";
import { Value } from "typebox/value";
import { WebSocket } from "ws";
import { backoffMs, pause } from "./backoff.ts";
import type { Uplink } from "./uplink.ts";

const socketPath = "/agent/v1/socket";
const pingIntervalMs = 30_000;
const firstRetryMs = 1_000;
const longestRetryMs = 60_000;
const maxMessageBytes = 16_384;

/** The socket that shows the server we are there. Losing it loses nothing: work is rows the agent claims. */
export interface Presence {
  /** Tells people watching; dropped while there is no socket. */
  send(message: AgentMessage): void;
}

export interface PresenceOptions {
  readonly serverUrl: string;
  readonly uplink: Uplink;
  readonly signal: AbortSignal;
  readonly onConnect: () => void;
  readonly onWork: () => void;
  readonly firstRetryMs?: number;
}

/** Keeps a socket open until the signal aborts, reconnecting ever more slowly while the server is away. */
export function keepPresence(options: PresenceOptions): Presence & { readonly ended: Promise<void> } {
  let current: WebSocket | null = null;
  async function run(): Promise<void> {
    for (let attempt = 0; !options.signal.aborted; attempt += 1) {
      const socket = openSocket(options);
      current = socket;
      const connected = await untilClosed(socket, options);
      current = null;
      if (connected) attempt = 0;
      await pause(backoffMs(attempt, options.firstRetryMs ?? firstRetryMs, longestRetryMs), options.signal);
    }
  }
  return {
    send(message) {
      if (current?.readyState === WebSocket.OPEN) current.send(JSON.stringify(message));
    },
    ended: run(),
  };
}

function openSocket({ serverUrl, uplink }: PresenceOptions): WebSocket {
  const url = new URL(socketPath, serverUrl);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(url, {
    headers: uplink.signedHeaders("GET", socketPath),
    handshakeTimeout: 15_000,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    followRedirects: false,
  });
}

/** Resolves when the socket has closed; true when it had been open. Two missed pongs close it. */
function untilClosed(socket: WebSocket, { signal, onConnect, onWork }: PresenceOptions): Promise<boolean> {
  return new Promise((resolve) => {
    let connected = false;
    let unanswered = 0;
    const ping = setInterval(() => {
      if (socket.readyState !== WebSocket.OPEN) return;
      if (unanswered === 2) return socket.terminate();
      unanswered += 1;
      socket.ping();
    }, pingIntervalMs);
    const abort = (): void => socket.terminate();
    signal.addEventListener("abort", abort, { once: true });
    socket.on("open", () => {
      connected = true;
      onConnect();
    });
    socket.on("pong", () => {
      unanswered = 0;
    });
    socket.on("message", (data) => {
      if (isWork(String(data))) onWork();
    });
    // "close" follows every error.
    socket.on("error", () => {});
    socket.on("close", () => {
      clearInterval(ping);
      signal.removeEventListener("abort", abort);
      resolve(connected);
    });
    if (signal.aborted) abort();
  });
}

/** Not signed, and so worth no more than "claim now". */
function isWork(text: string): boolean {
  try {
    return Value.Check(ServerMessage, JSON.parse(text));
  } catch {
    return false;
  }
}
