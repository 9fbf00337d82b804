import type { FastifyInstance } from "fastify";

/** Takes an empty body for none, also when it is announced as JSON: many clients do so where a route wants no body. */
export function acceptEmptyJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    const text = body.toString();
    if (text.trim() === "") done(null, undefined);
    else void parse(request, text, done);
  });
}
