import { EnrolRequest, FactUpload, RemediationReport } from "@holdfast/contracts/agent-protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import type { Services } from "../../context.ts";
import { NotFound } from "../../errors.ts";
import { enrolDevice } from "../../features/devices/enrol-device.ts";
import type { Presence } from "../../features/devices/presence.ts";
import { reportRemediation } from "../../features/remediations/report-remediation.ts";
import { storeUpload } from "../../features/results/store-upload.ts";
import { agentSchedule } from "../../features/scans/agent-schedule.ts";
import { claimWork } from "../../features/scans/claim-work.ts";
import { failWork } from "../../features/scans/fail-work.ts";
import { signMessage } from "../../http/agent-signature.ts";
import { detailStyle, errorHandler } from "../../http/error-handler.ts";
import type { Secrets } from "../../secrets.ts";
import { type AgentContext, AgentGate } from "./agent-gate.ts";
import { bytesOf, maxBodyBytes, readBody } from "./read-body.ts";
import { serveSocket } from "./socket.ts";

const bodies = {
  enrol: Compile(EnrolRequest),
  claim: Compile(Type.Object({})),
  fail: Compile(Type.Object({ message: Type.String({ maxLength: 2000 }) })),
  facts: Compile(FactUpload),
  remediation: Compile(RemediationReport),
};
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export interface AgentInterface {
  readonly services: Services;
  readonly secrets: Secrets;
  readonly presence: Presence;
}

/** The agent protocol, under /agent/v1: every request but enrolment is signed, and so is every answer. */
export async function agentRoutes(
  app: FastifyInstance,
  { services, secrets, presence }: AgentInterface,
): Promise<void> {
  const gate = new AgentGate(services);
  const agents = new WeakMap<FastifyRequest, AgentContext>();
  const agentOf = (request: FastifyRequest): Promise<AgentContext> => gate.admit(request, bytesOf(request));

  app.setErrorHandler(errorHandler(detailStyle));
  app.removeAllContentTypeParsers();
  // As they came: the signature covers these bytes.
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: maxBodyBytes }, (_, body, done) => done(null, body));
  app.addHook("onSend", async (request, reply, payload) => signAnswer(secrets, request, reply, payload));

  app.post("/enrol", async (request) => {
    const enrolled = await enrolDevice(services, await readBody(request, bodies.enrol), new Date(), request.id);
    return { ...enrolled, serverPublicKey: secrets.publicKey };
  });
  app.post("/work/claim", async (request) => {
    const { ctx, deviceId } = await agentOf(request);
    await readBody(request, bodies.claim);
    return { items: await claimWork(ctx, deviceId) };
  });
  app.post<{ Params: { id: string } }>("/work/:id/fail", async (request) => {
    const { ctx, deviceId } = await agentOf(request);
    const { message } = await readBody(request, bodies.fail);
    if (!uuid.test(request.params.id)) throw new NotFound("work item");
    await failWork(ctx, deviceId, request.params.id, message);
    return {};
  });
  app.post<{ Params: { actionId: string } }>("/remediations/:actionId/report", async (request) => {
    const { ctx, deviceId } = await agentOf(request);
    const report = await readBody(request, bodies.remediation);
    if (!uuid.test(request.params.actionId)) throw new NotFound("remediation action");
    await reportRemediation(ctx, deviceId, request.params.actionId, report);
    return {};
  });
  app.post("/facts", async (request) => {
    const { ctx, deviceId } = await agentOf(request);
    return storeUpload(ctx, deviceId, await readBody(request, bodies.facts));
  });
  app.get("/schedule", async (request) => {
    const { ctx, deviceId } = await agentOf(request);
    return agentSchedule(ctx, deviceId);
  });
  app.get(
    "/socket",
    {
      websocket: true,
      preValidation: async (request) => {
        agents.set(request, await gate.admit(request, Buffer.alloc(0)));
      },
    },
    (socket, request) => {
      const agent = agents.get(request);
      if (agent === undefined) return socket.close(1008);
      // At once: messages that come before someone listens are lost.
      serveSocket(socket, presence, agent);
    },
  );
}

async function signAnswer(
  { signingKey }: Secrets,
  { method, url }: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  const bytes = Buffer.isBuffer(payload) ? payload : Buffer.from(typeof payload === "string" ? payload : "", "utf8");
  const timeMs = Date.now();
  const signature = signMessage(signingKey, { method, pathAndQuery: url, timeMs, bytes });
  reply.header("x-holdfast-time", String(timeMs)).header("x-holdfast-signature", signature);
  return payload;
}
