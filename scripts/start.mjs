// `npm start`: installs and builds when needed, then runs `holdfast up` with the arguments given after `--`.
import { spawn } from "node:child_process";
import path from "node:path";
import { buildAll, installPackages, requireNode, root } from "./prepare.mjs";

requireNode();
installPackages();
buildAll();
const child = spawn(process.execPath, [path.join(root, "apps/cli/dist/holdfast.js"), "up", ...process.argv.slice(2)], {
  stdio: "inherit",
});
// Ctrl-C reaches the whole process group by itself; a signal sent to this process alone is passed on.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 3 : 130)));
