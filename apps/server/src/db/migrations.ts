import { sql as organisations } from "./migrations/0001-organisations.ts";
import { sql as devices } from "./migrations/0002-devices.ts";
import { sql as results } from "./migrations/0003-results.ts";

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** In order. One that has been released is never changed; a new one is added. */
export const migrations: readonly Migration[] = [
  { version: 1, name: "organisations", sql: organisations },
  { version: 2, name: "devices", sql: devices },
  { version: 3, name: "results", sql: results },
];
