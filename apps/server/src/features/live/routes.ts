import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { LiveEvent } from "@holdfast/contracts/own-api";
import type { FastifyReply } from "fastify";
import { ctxOf, principalOf } from "../../http/request-context.ts";
import type { LiveEvents } from "../../live-events.ts";

const beatMs = 15_000;
const maxUnreadBytes = 1_000_000;

export interface LiveOptions {
  readonly events: LiveEvents;
}

/** What happens in the organisation while one watches: server-sent events (HTML, section 9.2), one JSON per `data:` line. */
export const liveRoutes: FastifyPluginAsyncTypebox<LiveOptions> = async (app, { events }) => {
  const open = new Set<FastifyReply>();
  app.addHook("preClose", async () => {
    for (const reply of open) reply.raw.end();
  });
  app.get(
    "/events",
    {
      config: { permission: "devices:read" },
      schema: { operationId: "watchEvents", tags: ["events"] },
    },
    (request, reply) => {
      const { orgId } = ctxOf(request);
      const { expiresAt } = principalOf(request);
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
        connection: "close",
      });
      raw.write(": watching\n\n");
      open.add(reply);
      const unsubscribe = events.onEvent((eventOrg: string, event: LiveEvent) => {
        if (eventOrg !== orgId) return;
        // Who does not read is dropped, and comes back when it does.
        if (raw.writableLength > maxUnreadBytes) raw.destroy();
        else raw.write(`data: ${JSON.stringify(event)}\n\n`);
      });
      const beat = setInterval(() => {
        // A stream outlives no credential; the watcher comes back with a new one.
        if (expiresAt !== null && expiresAt <= new Date()) raw.end();
        else raw.write(": still here\n\n");
      }, beatMs);
      raw.on("error", () => raw.destroy());
      raw.on("close", () => {
        clearInterval(beat);
        unsubscribe();
        open.delete(reply);
      });
    },
  );
};
