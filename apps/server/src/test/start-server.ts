import { startServer } from "../main.ts";
import { testPack } from "./pack.ts";

/** A server in a process of its own, for tests that kill it: prints a line when it is up. */
const { firstRun } = await startServer({
  pack: testPack,
  stateDir: process.argv[2] ?? "",
  port: 0,
  logLevel: "silent",
});
console.log(firstRun === null ? "known" : "first run");
