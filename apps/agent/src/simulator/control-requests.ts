import { RemediationReport } from "@holdfast/contracts/agent-protocol";
import { Verdict } from "@holdfast/contracts/verdict";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";

const Id = Type.Union([Type.String(), Type.Number()]);
const timeoutMs = Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000 }));
const common = { id: Id, deviceId: Type.String() };

const VerdictsRequest = Type.Object({
  ...common,
  op: Type.Literal("verdicts"),
  policyId: Type.String({ format: "uuid" }),
  verdicts: Type.Record(Type.String(), Verdict),
  checkedAt: Type.Optional(Type.String()),
});
const AwaitScanRequest = Type.Object({
  ...common,
  op: Type.Literal("awaitScan"),
  policyId: Type.String(),
  timeoutMs,
});
const AwaitRemediationRequest = Type.Object({
  ...common,
  op: Type.Literal("awaitRemediation"),
  actionId: Type.String(),
  timeoutMs,
});
const { success, error, beforeState, afterState, rollbackHint } = RemediationReport.properties;
const CompleteRemediationRequest = Type.Object({
  ...common,
  op: Type.Literal("completeRemediation"),
  actionId: Type.String({ format: "uuid" }),
  success,
  error,
  beforeState,
  afterState,
  rollbackHint,
});

export type VerdictsRequest = Static<typeof VerdictsRequest>;
export type AwaitScanRequest = Static<typeof AwaitScanRequest>;
export type AwaitRemediationRequest = Static<typeof AwaitRemediationRequest>;
export type CompleteRemediationRequest = Static<typeof CompleteRemediationRequest>;
export type ControlRequest = VerdictsRequest | AwaitScanRequest | AwaitRemediationRequest | CompleteRemediationRequest;

const schemas = {
  verdicts: VerdictsRequest,
  awaitScan: AwaitScanRequest,
  awaitRemediation: AwaitRemediationRequest,
  completeRemediation: CompleteRemediationRequest,
};

/** A line that is no request: `id` as far as it could be read, and why. */
export interface Malformed {
  readonly id?: string | number;
  readonly error: string;
}

/** One line of the control channel. */
export function parseRequest(line: string): ControlRequest | Malformed {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { error: "The line is no JSON." };
  }
  if (typeof value !== "object" || value === null) return { error: "A request is a JSON object." };
  const [id, op]: unknown[] = [Reflect.get(value, "id"), Reflect.get(value, "op")];
  const known = Value.Check(Id, id) ? { id } : {};
  if (typeof op !== "string" || !isOperation(op))
    return { ...known, error: `"op" is one of ${Object.keys(schemas).join(", ")}.` };
  const schema = schemas[op];
  if (Value.Check(schema, value)) return value as ControlRequest;
  const [first] = Value.Errors(schema, value);
  return {
    ...known,
    error: `${first?.instancePath.slice(1) || "The request"} ${first?.message ?? "is not understood"}.`,
  };
}

function isOperation(op: string): op is keyof typeof schemas {
  return Object.hasOwn(schemas, op);
}
