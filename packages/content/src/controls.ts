import type { Check, Pack } from "./pack.ts";

type Catalogues = Pick<Pack, "catalogues">;

/** A control that checks are looked for by, in the catalogues it may be of. */
export interface ControlQuery {
  readonly catalogueIds: readonly string[];
  /** As the catalogue writes it, but for upper and lower case, e.g. "ac-17". */
  readonly control: string;
}

/**
 * Reads "cis:4.1" or "nist:AC-17": a catalogue's id or its beginning up to a hyphen, and a control.
 *
 * @returns null when it is not written so or the pack has no such catalogue.
 */
export function parseControl({ catalogues = [] }: Catalogues, text: string): ControlQuery | null {
  const [, word = "", control = ""] = /^([^:]+):(.+)$/s.exec(text.trim().toLowerCase()) ?? [];
  const catalogueIds = catalogues.map(({ id }) => id).filter((id) => `${id}-`.startsWith(`${word}-`));
  return word === "" || control.trim() === "" || catalogueIds.length === 0
    ? null
    : { catalogueIds, control: control.trim() };
}

/** What to write for a control instead, in a sentence. */
export function controlHelp({ catalogues = [] }: Catalogues): string {
  const [first] = catalogues;
  if (first === undefined) return "The content has no catalogues of controls.";
  const examples = catalogues.map(({ id, controls }) => `${id}:${Object.keys(controls)[0] ?? "1"}`);
  return `Write a control as ${examples.join(" or ")}; a catalogue's name up to a hyphen will do.`;
}

/** Whether it serves the control or a part of it: "AC-6(9)" is part of "AC-6", and "4.1" of "4". */
export function servesControl({ mappings = {} }: Pick<Check, "mappings">, query: ControlQuery): boolean {
  return query.catalogueIds.some((id) =>
    (mappings[id] ?? []).some((served) => {
      const control = served.toLowerCase();
      return control === query.control || ["(", "."].some((next) => control.startsWith(query.control + next));
    }),
  );
}

/** What a check serves, for people, e.g. "NIST SP 800-53 Revision 5: AC-8 System Use Notification". */
export function controlsOf({ catalogues = [] }: Catalogues, { mappings = {} }: Pick<Check, "mappings">): string[] {
  return catalogues.flatMap(({ id, title, controls }) =>
    (mappings[id] ?? []).map((control) => `${title}: ${control} ${controls[control] ?? ""}`.trimEnd()),
  );
}
