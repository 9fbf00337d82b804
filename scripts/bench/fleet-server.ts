import { loadPack } from "@holdfast/content/load-pack";
import { resources } from "@holdfast/engine/registry";
import { startEmbedded } from "../../apps/server/src/db/embedded.ts";
import { startServer } from "../../apps/server/src/main.ts";

/* A server in a process of its own, so that its time can be told from the benchmark's. Prints where it is; ends with its input. */
const [stateDir = "", contentDir = ""] = process.argv.slice(2);
const { pack } = await loadPack(contentDir, new Map(resources.map((kind) => [kind.kind, kind])));
const database = await startEmbedded(`${stateDir}/postgres`);
const server = await startServer({
  pack,
  stateDir,
  databaseUrl: database.url,
  port: 0,
  logLevel: "error",
  rateLimits: { credential: 0, address: 0, signIn: 0 },
});
const { url, firstRun } = server;
console.log(JSON.stringify({ url, databaseUrl: database.url, postmaster: database.pid, firstRun }));
process.stdin.resume().on("end", async () => {
  await server.close().catch(() => undefined);
  await database.stop();
  process.exit(0);
});
