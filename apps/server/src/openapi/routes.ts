import type { FastifyPluginAsync } from "fastify";
import { docsPage } from "./docs-page.ts";
import { describeRoutes, type OpenApiDocument } from "./document.ts";

/** What the interfaces are, for programs and for people. Written once, when first asked for: by then all routes are there. */
export const openApiRoutes: FastifyPluginAsync = async (app) => {
  let written: { readonly document: OpenApiDocument; readonly page: string } | null = null;
  const write = () => {
    const document = describeRoutes(app.routeTable);
    return { document, page: docsPage(document) };
  };
  const config = { public: true } as const;
  app.get("/openapi.json", { config, schema: { hide: true } }, () => {
    written ??= write();
    return written.document;
  });
  app.get("/docs", { config, schema: { hide: true } }, (_, reply) => {
    written ??= write();
    return reply.type("text/html; charset=utf-8").send(written.page);
  });
};
