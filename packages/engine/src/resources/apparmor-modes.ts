/** What a profile does with what it does not allow. "user" is the kernel's name for one that asks a program: "prompt". */
export const apparmorModes = ["enforce", "complain", "kill", "unconfined", "prompt", "default_allow"] as const;

/** The mode that a profile's flags give it, "enforce" without one. @see apparmor.d(5), "FLAGS" */
export function modeOfFlags(flags: readonly string[]): string {
  return flags.find((flag) => flag !== "enforce" && apparmorModes.some((mode) => mode === flag)) ?? "enforce";
}
