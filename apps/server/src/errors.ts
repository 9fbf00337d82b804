export const domainErrorCodes = [
  "invalid",
  "unauthenticated",
  "forbidden",
  "not_found",
  "conflict",
  "too_large",
  "too_many_requests",
] as const;
export type DomainErrorCode = (typeof domainErrorCodes)[number];

/**
 * Something a caller did that we refuse. The message is for people: it says what is wrong and what to do, and holds no
 * secret. `fields` are extra members of the answer that an interface documents, e.g. `{ missingIds: [...] }`.
 */
export class DomainError extends Error {
  readonly code: DomainErrorCode;
  readonly fields: Readonly<Record<string, unknown>>;
  constructor(
    code: DomainErrorCode,
    message: string,
    options: ErrorOptions & { fields?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options);
    this.name = "DomainError";
    this.code = code;
    this.fields = options.fields ?? {};
  }
}

export class Invalid extends DomainError {
  constructor(message: string, fields: Readonly<Record<string, unknown>> = {}) {
    super("invalid", message, { fields });
  }
}

export class Unauthenticated extends DomainError {
  constructor(message = "Sign in, or send a valid API token.") {
    super("unauthenticated", message);
  }
}

export class Forbidden extends DomainError {
  constructor(message: string, fields: Readonly<Record<string, unknown>> = {}) {
    super("forbidden", message, { fields });
  }
}

/** Also for another organisation's rows: ids cannot be probed. */
export class NotFound extends DomainError {
  constructor(noun: string, fields: Readonly<Record<string, unknown>> = {}) {
    super("not_found", `There is no such ${noun}.`, { fields });
  }
}

export class Conflict extends DomainError {
  constructor(message: string, fields: Readonly<Record<string, unknown>> = {}) {
    super("conflict", message, { fields });
  }
}

/** Also says when to try again. */
export class TooManyRequests extends DomainError {
  readonly retryAfterSeconds: number;
  constructor(message: string, retryAfterSeconds: number) {
    super("too_many_requests", message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The server cannot start or go on; the message is one sentence that says what to do. */
export class StartupError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StartupError";
  }
}
