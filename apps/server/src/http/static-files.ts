import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { detailStyle, isCisAddress } from "./error-handler.ts";

const yearSeconds = 31_536_000;

/**
 * Serves the dashboard: hashed assets for ever, and index.html for every page address the browser may ask for. What
 * belongs to an interface stays a JSON 404.
 */
export async function serveDashboard(app: FastifyInstance, directory: string | null): Promise<void> {
  if (directory !== null) {
    await app.register(fastifyStatic, {
      root: directory,
      wildcard: false,
      cacheControl: false,
      preCompressed: false,
      setHeaders: (reply, file) => {
        const isHashed = /[/\\]assets[/\\]/.test(file);
        reply.header("cache-control", isHashed ? `public, max-age=${yearSeconds}, immutable` : "no-cache");
      },
    });
  }
  app.setNotFoundHandler((request, reply) =>
    directory !== null && isPage(request) ? reply.sendFile("index.html") : notFound(request, reply),
  );
}

function isPage({ method, url, headers }: FastifyRequest): boolean {
  // The path alone: a page's filters may hold dots.
  const [path = ""] = url.split("?");
  const isInterface = /^\/(api|agent|cis|healthz)(\/|$)/.test(path);
  const wantsPage = headers.accept === undefined || /text\/html|\*\/\*/.test(headers.accept);
  return (method === "GET" || method === "HEAD") && !isInterface && wantsPage && !/\.\w+$/.test(path);
}

function notFound({ method, url }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const message = `There is no ${method} ${url.split("?")[0]}.`;
  if (isCisAddress(url)) return reply.status(404).send({ error: message });
  return reply.status(404).send(detailStyle.body({ status: 404, code: "not_found", message, fields: {} }));
}
