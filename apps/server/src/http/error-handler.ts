import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { DomainError, type DomainErrorCode, TooManyRequests } from "../errors.ts";
import { ValidationProblem } from "./validation.ts";

/** How an interface words its errors, and which status it gives a request that does not fit. */
export interface ErrorStyle {
  readonly invalidStatus: 400 | 422;
  body(problem: Problem): Record<string, unknown>;
}

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Interface A and our own routes. */
export const detailStyle: ErrorStyle = {
  invalidStatus: 422,
  body: ({ status, code, message, fields }) => ({ detail: message, status, code, ...fields }),
};

/** Interface B. */
export const errorStyle: ErrorStyle = {
  invalidStatus: 400,
  body: ({ message, fields }) => ({ error: message, ...fields }),
};

/** Whether an address is interface B's. */
export function isCisAddress(url: string): boolean {
  return /^\/(api\/v1\/)?cis(\/|\?|$)/.test(url);
}

const statusOf: Readonly<Record<DomainErrorCode, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  too_many_requests: 429,
};

/** The one place that maps errors to answers. What we did not expect is a 500 that says nothing but its request's id. */
export function errorHandler(style: ErrorStyle) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = problemOf(error, request, style);
    if (error instanceof TooManyRequests) reply.header("retry-after", error.retryAfterSeconds);
    if (problem.status >= 500) request.log.error({ err: error }, "a request failed");
    return reply.status(problem.status).send(style.body(problem));
  };
}

function problemOf(error: unknown, request: FastifyRequest, style: ErrorStyle): Problem {
  if (error instanceof DomainError) {
    // Refused by schema or by rule, an interface answers both alike.
    const status = error.code === "invalid" ? style.invalidStatus : statusOf[error.code];
    const code = error instanceof ValidationProblem ? "validation_error" : error.code;
    return { status, code, message: error.message, fields: error.fields };
  }
  const { statusCode, message, code } = error as FastifyError;
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    // Fastify's own, such as a body that is no JSON; their messages are fixed texts.
    const isBody = statusCode === 400 && code?.startsWith("FST_ERR_CTP");
    const fields = {};
    return { status: isBody ? style.invalidStatus : statusCode, code: codeOf(statusCode), message, fields };
  }
  if (error instanceof SyntaxError) {
    return { status: style.invalidStatus, code: "invalid", message: "The body is not valid JSON.", fields: {} };
  }
  return {
    status: 500,
    code: "internal_error",
    message: `Something went wrong on the server; its log has it under request ${request.id}.`,
    fields: {},
  };
}

function codeOf(status: number): string {
  const known = Object.entries(statusOf).find(([, value]) => value === status);
  return known?.[0] ?? "invalid";
}
