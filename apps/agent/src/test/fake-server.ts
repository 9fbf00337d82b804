import { createHash, createPublicKey, generateKeyPairSync, randomUUID, sign, verify } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { gunzipSync } from "node:zlib";
import {
  AgentMessage,
  type AgentSchedule,
  EnrolRequest,
  FactUpload,
  signedText,
  type WorkItem,
} from "@holdfast/contracts/agent-protocol";
import type { Observation } from "@holdfast/contracts/fact";
import { factSetDigest } from "@holdfast/engine/fact-set";
import { Value } from "typebox/value";
import { WebSocket, WebSocketServer } from "ws";

/** A server that speaks the agent protocol, keeps everything in memory and can be made to misbehave. */
export interface FakeServer {
  readonly url: string;
  readonly token: string;
  /** Requests answered, e.g. "POST /agent/v1/facts 200". */
  readonly requests: string[];
  readonly uploads: FactUpload[];
  readonly failures: { readonly id: string; readonly message: string }[];
  readonly progress: AgentMessage[];
  /** What the next claim gives. */
  readonly work: WorkItem[];
  schedule: AgentSchedule;
  /** `down`: cuts every connection. `drop-facts`: cuts uploads only. `impostor`: signs with another key. */
  mood: "fine" | "down" | "drop-facts" | "impostor";
  /** Forgets every set of facts, so that the next base is unknown. */
  forgetSets(): void;
  /** Tells all agents that there is work. */
  nudge(): void;
  readonly sockets: () => number;
  /** Bytes received in HTTP requests, headers and bodies. */
  bytesReceived(): number;
  close(): Promise<void>;
}

export async function startFakeServer(port = 0): Promise<FakeServer> {
  const keys = generateKeyPairSync("ed25519");
  const impostor = generateKeyPairSync("ed25519");
  const token = `token-${randomUUID()}`;
  const sets = new Map<string, Map<string, Observation>>();
  const connections = new Set<Socket>();
  let spent = false;
  let device: { id: string; key: ReturnType<typeof createPublicKey> } | null = null;
  let received = 0;

  const http = createServer((request, response) => {
    void handle(request, response);
  });
  http.on("connection", (socket: Socket) => {
    if (fake.mood === "down") {
      socket.destroy();
      return;
    }
    connections.add(socket);
    let counted = 0;
    const count = (): void => {
      received += socket.bytesRead - counted;
      counted = socket.bytesRead;
    };
    socket.on("data", count);
    socket.on("close", () => {
      count();
      connections.delete(socket);
    });
  });

  function isSigned(request: IncomingMessage, body: Buffer): boolean {
    const { "x-holdfast-device": id, "x-holdfast-time": time, "x-holdfast-signature": signature } = request.headers;
    if (device === null || id !== device.id || typeof signature !== "string") return false;
    const text = signedText(request.method ?? "", request.url ?? "", Number(time), sha256(body));
    return verify(null, Buffer.from(text), device.key, Buffer.from(signature, "base64"));
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (fake.mood === "down" || (fake.mood === "drop-facts" && request.url === "/agent/v1/facts"))
      return void request.socket.destroy();
    const content: unknown = body.length === 0 ? null : JSON.parse(gunzipSync(body).toString());
    const enrolling = request.url === "/agent/v1/enrol";
    const [status, answer] = enrolling
      ? enrol(content)
      : isSigned(request, body)
        ? answerTo(`${request.method} ${request.url}`, content)
        : [401, { code: "unauthorized", detail: "not signed" }];
    fake.requests.push(`${request.method} ${request.url} ${status}`);
    const bytes = Buffer.from(JSON.stringify(answer));
    const time = Date.now();
    const text = signedText(request.method ?? "", request.url ?? "", time, sha256(bytes));
    const { privateKey } = fake.mood === "impostor" ? impostor : keys;
    response.writeHead(status, {
      "content-type": "application/json",
      "x-holdfast-time": String(time),
      "x-holdfast-signature": sign(null, Buffer.from(text), privateKey).toString("base64"),
    });
    response.end(bytes);
  }

  function enrol(content: unknown): [number, unknown] {
    const asked = Value.Parse(EnrolRequest, content);
    if (spent || asked.token !== token) return [403, { code: "forbidden", detail: "The token is used up." }];
    spent = true;
    const key = createPublicKey({ key: Buffer.from(asked.publicKey, "base64"), type: "spki", format: "der" });
    device = { id: randomUUID(), key };
    const serverPublicKey = keys.publicKey.export({ type: "spki", format: "der" }).toString("base64");
    return [200, { deviceId: device.id, orgId: randomUUID(), serverPublicKey }];
  }

  function answerTo(route: string, content: unknown): [number, unknown] {
    if (route === "POST /agent/v1/work/claim") return [200, { items: fake.work.splice(0, 10) }];
    if (route === "GET /agent/v1/schedule") return [200, fake.schedule];
    if (route === "POST /agent/v1/facts") return store(Value.Parse(FactUpload, content));
    const failed = /^POST \/agent\/v1\/work\/([^/]+)\/fail$/.exec(route);
    if (!failed) return [404, { code: "not_found", detail: route }];
    const message = content !== null && typeof content === "object" && "message" in content ? content.message : "";
    fake.failures.push({ id: failed[1] ?? "", message: String(message) });
    return [200, {}];
  }

  function store(upload: FactUpload): [number, unknown] {
    const base = upload.base === null ? new Map<string, Observation>() : sets.get(upload.base);
    if (base === undefined) return [409, { code: "unknown_base", detail: "Send the whole set." }];
    const set = new Map(base);
    for (const address of upload.removed) set.delete(address);
    for (const [address, observation] of Object.entries(upload.changed)) set.set(address, observation as Observation);
    if (factSetDigest(set) !== upload.digest) return [422, { code: "invalid", detail: "The digest is another." }];
    sets.set(upload.digest, set);
    fake.uploads.push(upload);
    return [200, { digest: upload.digest, resultId: randomUUID() }];
  }

  const webSockets = new WebSocketServer({ noServer: true });
  http.on("upgrade", (request, socket, head) => {
    if (fake.mood === "down" || !isSigned(request, Buffer.alloc(0))) {
      socket.destroy();
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on("message", (data) => fake.progress.push(Value.Parse(AgentMessage, JSON.parse(String(data)))));
    });
  });

  const fake: FakeServer = {
    url: "",
    token,
    requests: [],
    uploads: [],
    failures: [],
    progress: [],
    work: [],
    schedule: { policies: [] },
    mood: "fine",
    forgetSets: () => sets.clear(),
    nudge() {
      for (const webSocket of webSockets.clients) webSocket.send(JSON.stringify({ type: "work" }));
    },
    sockets: () => [...webSockets.clients].filter((client) => client.readyState === WebSocket.OPEN).length,
    bytesReceived: () => received,
    async close() {
      for (const socket of connections) socket.destroy();
      http.close();
      await once(http, "close");
    },
  };
  http.listen(port, "127.0.0.1");
  await once(http, "listening");
  const { port: bound } = http.address() as AddressInfo;
  return Object.assign(fake, { url: `http://127.0.0.1:${bound}` });
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
