import type { Host } from "./host.ts";
import { derivedOnce } from "./shared-reads.ts";

/**
 * Whether systemd runs the machine, so that services, loaded rules and the boot's command line mean something; false
 * for an image and for a container or chroot without an init. @see sd_booted(3)
 */
export function isBooted(host: Host): Promise<boolean> {
  return derivedOnce(
    host,
    "is booted",
    async () => host.live && (await host.stat("/run/systemd/system"))?.type === "directory",
  );
}
