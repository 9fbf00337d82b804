import { expect, it } from "vitest";
import { planWalk } from "./mount-table.ts";

const root = "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw";
const plan = (lines: readonly string[], under = "/", base = "") => {
  const { starts, mountPoints } = planWalk(lines.join("\n"), base, under);
  return { starts: starts.map(({ path }) => path), points: [...(mountPoints ?? [])] };
};

it("walks local file systems and turns back at every mount point", () => {
  const { starts, points } = plan([
    root,
    "22 27 0:21 / /proc rw - proc proc rw",
    "24 27 0:6 / /dev rw - devtmpfs udev rw",
    "25 24 0:23 / /dev/shm rw,nosuid - tmpfs tmpfs rw",
    "30 27 254:16 / /srv\\040data rw shared:1 - xfs /dev/vdb rw",
    "31 27 0:40 / /mnt/nfs rw - nfs4 10.0.0.1:/x rw",
    "32 27 0:41 / /run rw - tmpfs tmpfs rw",
    "33 32 0:42 / /run/user/1000 rw - tmpfs tmpfs rw",
    "34 27 0:43 / /var/lib/docker/overlay2/a/merged rw - overlay overlay rw",
    "35 27 254:32 / /boot/efi rw - vfat /dev/vdc rw",
    "36 27 0:44 / /home/a/remote rw - fuse.sshfs host:/ rw",
    "37 27 0:45 / /net rw - autofs systemd-1 rw",
    "38 27 254:48 / /mnt/new rw - somefs /dev/vdd rw",
  ]);
  expect(starts).toEqual(["/", "/dev/shm", "/mnt/new", "/srv data"]);
  expect(points).toContain("/mnt/nfs");
});

it("walks what is mounted twice once, and each part of a file system", () => {
  const bind = "40 27 254:0 /var/www /srv/www rw - ext4 /dev/vda rw";
  expect(plan([root, bind]).starts).toEqual(["/"]);
  const subvolumes = [
    "27 1 0:30 /@ / rw - btrfs /dev/vda rw",
    "28 27 0:30 /@home /home rw - btrfs /dev/vda rw",
    "29 27 0:30 /@home/a /mnt/a rw - btrfs /dev/vda rw",
  ];
  expect(plan(subvolumes).starts).toEqual(["/", "/home"]);
});

it("does not look below what hides a mount", () => {
  const lines = [
    root,
    "40 27 254:16 / /mnt/disk rw - ext4 /dev/vdb rw",
    "41 27 0:50 / /mnt rw - nfs 10.0.0.1:/x rw",
    "42 27 254:32 / /data rw - ext4 /dev/vdc rw",
    "43 42 0:51 / /data rw - nfs 10.0.0.1:/y rw",
  ];
  expect(plan(lines).starts).toEqual(["/"]);
});

it("starts below its directory, unless that is on another machine", () => {
  const lines = [root, "40 27 254:16 / /var/log/audit rw - ext4 /dev/vdb rw", "41 27 0:9 / /var/nfs rw - nfs h:/x rw"];
  expect(plan(lines, "/var/log").starts).toEqual(["/var/log", "/var/log/audit"]);
  expect(plan(lines, "/var/nfs/a").starts).toEqual([]);
});

it("walks the machine's own root whatever it is on", () => {
  expect(plan(["27 1 0:9 / / rw - nfs h:/x rw"]).starts).toEqual(["/"]);
  const image = [
    root,
    "40 27 0:8 / /mnt/image rw - overlay overlay rw",
    "41 40 0:21 / /mnt/image/proc rw - proc proc rw",
  ];
  expect(plan(image, "/mnt/image", "/mnt/image").starts).toEqual(["/mnt/image"]);
  const bound = [root, "40 27 254:0 /other /srv/image/home rw - ext4 /dev/vda rw"];
  expect(plan(bound, "/srv/image", "/srv/image").starts).toEqual(["/srv/image", "/srv/image/home"]);
});

it("knows no mount points without a table", () => {
  expect(planWalk(null, "", "/var/log")).toEqual({ starts: [{ path: "/var/log", mount: null }], mountPoints: null });
});
