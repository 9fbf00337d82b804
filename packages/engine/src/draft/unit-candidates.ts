import type { Json } from "@holdfast/contracts/json";
import { type Candidates, membersOf, textsOf, without } from "./candidate.ts";

export const packageCandidates: Candidates = ({ at_least_version: version, installed }) => {
  const state = (text: string | null): Json => ({ installed: text !== null, version: text, manager: "dpkg" });
  if (typeof version === "string") {
    return [
      { name: `version ${version}`, state: state(version) },
      { name: "a newer version", state: state(`9${version}`) },
      // deb-version(7): a tilde sorts before everything, even the end.
      { name: "a version just before", state: state(`${version}~rc1`) },
      { name: "not installed", state: state(null) },
    ];
  }
  const both = [
    { name: "installed", state: state("1.0-1") },
    { name: "not installed", state: state(null) },
  ];
  return installed === false ? both.reverse() : both;
};

export const packageDependentsCandidates: Candidates = (_, { target }) => {
  const of = textsOf(membersOf(target)["of"]);
  const state = (unneeded: string | null): Json => ({
    installed: of.map((name) => ({ name, requiredBy: name === unneeded ? [] : ["another-package"] })),
  });
  return [
    { name: "needed by another package", state: state(null) },
    ...of.map((name) => ({ name: `no package needs ${name}`, state: state(name), isHard: true })),
  ];
};

export const serviceCandidates: Candidates = (_, { target }) => {
  const unit = String(membersOf(target)["unit"]);
  const state = (enablement: string, active: string): Json => ({
    exists: enablement !== "not-found",
    enablement,
    active,
    source: enablement === "not-found" ? null : `/usr/lib/systemd/system/${unit}`,
  });
  return [
    { name: "enabled and running", state: state("enabled", "active") },
    { name: "not there", state: state("not-found", "inactive") },
    { name: "masked and stopped", state: state("masked", "inactive") },
    { name: "disabled and stopped", state: state("disabled", "inactive") },
    { name: "running, but not enabled", state: state("disabled", "active"), isHard: true },
    { name: "enabled, but not running", state: state("enabled", "inactive"), isHard: true },
    { name: "masked, but still running", state: state("masked", "active"), isHard: true },
    { name: "started by others, and running", state: state("static", "active") },
    { name: "started by others, not running", state: state("static", "inactive") },
    { name: "enabled on an image", state: without(state("enabled", "active"), "active"), isHard: true },
    { name: "disabled on an image", state: without(state("disabled", "inactive"), "active") },
    { name: "failed", state: state("enabled", "failed") },
  ];
};

export const kernelModuleCandidates: Candidates = ({ disabled }) => {
  const state = (differences: Readonly<Record<string, Json>>): Json => ({
    loaded: false,
    available: true,
    builtin: false,
    install: "/bin/false",
    denylisted: true,
    source: "/etc/modprobe.d/hardening.conf:1",
    dropIn: null,
    ...differences,
  });
  const free = { install: null, denylisted: false, source: null };
  const candidates = [
    { name: "cannot be loaded", state: state({}) },
    { name: "not part of this kernel", state: state({ ...free, available: false }) },
    { name: "may be loaded", state: state(free) },
    { name: "barred, but loaded now", state: state({ loaded: true }), isHard: true },
    { name: "on the deny list, but modprobe still loads it by name", state: state({ install: null }), isHard: true },
    { name: "installed away, not on the deny list", state: state({ denylisted: false }) },
    { name: "built into the kernel", state: state({ ...free, builtin: true }), isHard: true },
    { name: "cannot be loaded, on an image", state: without(state({}), "loaded"), isHard: true },
  ];
  return disabled === false ? [...candidates].reverse() : candidates;
};

export const mountCandidates: Candidates = ({ option, mounted }, { target }) => {
  const path = String(membersOf(target)["path"]);
  const usual = ["nodev", "noexec", "nosuid", "relatime", "rw"];
  const live = (options: readonly string[]): Json => ({ source: "tmpfs", type: "tmpfs", options });
  const inFstab = (options: readonly string[]): Json => ({
    source: "tmpfs",
    type: "tmpfs",
    options,
    from: "/etc/fstab:3",
  });
  if (typeof option !== "string") {
    const both = [
      { name: "a file system of its own", state: { mounted: live(usual), configured: inFstab(usual) } },
      { name: "not a mount point", state: { mounted: null, configured: null } },
      { name: "in fstab, but not mounted", state: { mounted: null, configured: inFstab(usual) }, isHard: true },
      { name: "in the fstab of an image", state: { configured: inFstab(usual) }, isHard: true },
    ];
    return mounted === false ? both.slice(1, 2).concat(both) : both;
  }
  const right = [...new Set([...usual, option])].sort();
  const wrong = right.filter((name) => name !== option);
  return [
    { name: `mounted with ${option}`, state: { mounted: live(right), configured: inFstab(right) } },
    {
      name: `${option} in fstab, but not in force`,
      state: { mounted: live(wrong), configured: inFstab(right) },
      isHard: true,
    },
    {
      name: `${option} in force, but not in fstab`,
      state: { mounted: live(right), configured: inFstab(wrong) },
      isHard: true,
    },
    { name: `${option} on an image`, state: { configured: inFstab(right) }, isHard: true },
    { name: `without ${option}`, state: { mounted: live(wrong), configured: inFstab(wrong) } },
    { name: `${path} is not a mount point`, state: { mounted: null, configured: null } },
  ];
};
