import type { Host } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";

/** The kernel modules on disk, of every kernel there; names with "_". */
export interface ModulesOnDisk {
  readonly loadable: ReadonlySet<string>;
  readonly builtin: ReadonlySet<string>;
}

/** In a module's name "-" and "_" are equal. @see modprobe(8) */
export function moduleName(name: string): string {
  return name.replaceAll("-", "_");
}

/**
 * What modules.dep(5) and modules.builtin of each /lib/modules/VERSION name; where depmod has not run, what is in the
 * version's directories. Once per host.
 *
 * @throws UnreadableError
 */
export function readModulesOnDisk(host: Host): Promise<ModulesOnDisk> {
  return derivedOnce(host, "modules on disk", async () => {
    const loadable = new Set<string>();
    const builtin = new Set<string>();
    const root = (await host.list("/lib/modules")) === null ? "/usr/lib/modules" : "/lib/modules";
    for (const version of (await host.list(root)) ?? []) {
      const directory = `${root}/${version}`;
      addNames(builtin, (await host.readText(`${directory}/modules.builtin`))?.split("\n") ?? []);
      const dependencies = await host.readText(`${directory}/modules.dep`);
      addNames(loadable, dependencies?.split("\n") ?? (await walkModules(host, directory)));
    }
    return { loadable, builtin };
  });
}

const moduleFile = /(?:^|\/)([^/:\s]+)\.ko(?:\.(?:gz|xz|zst))?(?=:|\s|$)/;

/** @param lines each beginning with a module's path. */
function addNames(names: Set<string>, lines: readonly string[]): void {
  for (const line of lines) {
    const name = moduleFile.exec(line)?.[1];
    if (name !== undefined) names.add(moduleName(name));
  }
}

/** More directories than any kernel has; a tree made to be endless stops here. */
const maxDirectories = 20_000;

/** File names below the directories depmod.d(5) searches; links to elsewhere (build, source) are not among them. */
async function walkModules(host: Host, directory: string): Promise<readonly string[]> {
  const files: string[] = [];
  const pending = ["kernel", "extra", "updates"].map((name) => `${directory}/${name}`);
  for (let visited = 0; visited < maxDirectories; visited += 1) {
    const path = pending.pop();
    if (path === undefined) break;
    for (const name of (await host.list(path)) ?? []) {
      if (moduleFile.test(name)) files.push(name);
      else if ((await host.lstat(`${path}/${name}`))?.type === "directory") pending.push(`${path}/${name}`);
    }
  }
  return files;
}
