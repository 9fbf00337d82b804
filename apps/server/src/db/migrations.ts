import { sql as organisations } from "./migrations/0001-organisations.ts";
import { sql as devices } from "./migrations/0002-devices.ts";
import { sql as results } from "./migrations/0003-results.ts";
import { sql as exceptions } from "./migrations/0010-exceptions-and-outcomes.ts";
import { sql as remediations } from "./migrations/0020-remediations.ts";
import { sql as administration } from "./migrations/0030-administration.ts";
import { sql as policyParameters } from "./migrations/0040-policy-parameters.ts";
import { sql as outcomesWithoutExceptions } from "./migrations/0050-outcomes-without-exceptions.ts";
import { sql as agentRequests } from "./migrations/0060-agent-requests.ts";
import { sql as contentDigest } from "./migrations/0070-content-digest.ts";
import { sql as senders } from "./migrations/0080-senders.ts";
import { sql as gatheredUploads } from "./migrations/0090-gathered-uploads.ts";

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** In order, with gaps. One that has been released is never changed; a new one is added. */
export const migrations: readonly Migration[] = [
  { version: 1, name: "organisations", sql: organisations },
  { version: 2, name: "devices", sql: devices },
  { version: 3, name: "results", sql: results },
  { version: 10, name: "exceptions-and-outcomes", sql: exceptions },
  { version: 20, name: "remediations", sql: remediations },
  { version: 30, name: "administration", sql: administration },
  { version: 40, name: "policy-parameters", sql: policyParameters },
  { version: 50, name: "outcomes-without-exceptions", sql: outcomesWithoutExceptions },
  { version: 60, name: "agent-requests", sql: agentRequests },
  { version: 70, name: "content-digest", sql: contentDigest },
  { version: 80, name: "senders", sql: senders },
  { version: 90, name: "gathered-uploads", sql: gatheredUploads },
];
