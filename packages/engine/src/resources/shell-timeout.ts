import { type Static, Type } from "typebox";
import type { Judgement, Resource } from "../resource.ts";
import { namedList } from "./named-list.ts";
import { readShellStartup, type ShellStatement } from "./shell-startup-files.ts";

/*
 * shell_timeout: { at_most: 900 }       seconds a shell waits at its prompt before it ends
 *
 * Some startup file must set TMOUT to 1…at_most, make it readonly and export it; none may set it to more or to 0.
 */
const Target = Type.Object({}, { additionalProperties: false });
const Desired = Type.Object({ at_most: Type.Integer({ minimum: 1 }) }, { additionalProperties: false });

interface ShellTimeoutState {
  /** The startup files that name TMOUT, in the order they are read. */
  readonly files: readonly {
    readonly path: string;
    /** As written; what is no number of seconds is text that no shell can use. */
    readonly values: readonly { readonly value: string; readonly source: string }[];
    readonly isReadonly: boolean;
    readonly isExported: boolean;
  }[];
}

/** How long an idle shell stays open. @see bash(1), TMOUT */
export const shellTimeout: Resource<Static<typeof Target>, ShellTimeoutState, Static<typeof Desired>> = {
  kind: "shell_timeout",
  target: Target,
  desired: Desired,
  address: () => "shell_timeout:local",
  async read(host) {
    const naming = (await readShellStartup(host)).filter(({ text }) => /(?<![\w$])TMOUT(?!\w)/.test(text));
    const paths = [...new Set(naming.map(({ path }) => path))];
    return { files: paths.map((path) => fileState(path, naming)) };
  },
  judge({ files }, { at_most: atMost }): Judgement {
    const isRight = (value: string): boolean => /^\d{1,9}$/.test(value) && Number(value) > 0 && Number(value) <= atMost;
    const wrong = files.flatMap(({ values }) => values.filter(({ value }) => !isRight(value)));
    const whole = files.find((file) => file.values.length > 0 && file.isReadonly && file.isExported);
    const expected = `TMOUT is 1 to ${atMost} seconds, readonly and exported`;
    const found = files.flatMap(({ values }) => values);
    if (wrong.length > 0 || whole === undefined) {
      const actual =
        wrong.length > 0
          ? namedList(wrong.map(({ value, source }) => `${value === "" ? "empty" : value} in ${source}`))
          : found.length === 0
            ? "no startup file sets TMOUT"
            : "no startup file sets TMOUT, makes it readonly and exports it";
      return { verdict: "fail", expected, actual, source: (wrong[0] ?? found[0])?.source ?? null };
    }
    const [first] = whole.values;
    return { verdict: "pass", expected, actual: `TMOUT is ${first?.value}`, source: first?.source ?? null };
  },
};

function fileState(path: string, naming: readonly ShellStatement[]): ShellTimeoutState["files"][number] {
  const statements = naming.filter((statement) => statement.path === path);
  return {
    path,
    values: statements.flatMap(({ text, source }) => {
      const value = /(?:^|\s)TMOUT=("[^"]*"|'[^']*'|\S*)/.exec(text)?.[1];
      return value === undefined ? [] : [{ value: value.replaceAll(/["']/g, "").slice(0, 80), source }];
    }),
    isReadonly: statements.some(({ text }) => declares(text, "readonly", "r")),
    isExported: statements.some(({ text }) => declares(text, "export", "x")),
  };
}

/** `readonly NAME`, or `declare -r NAME` and its older name typeset; with a value or without. */
function declares(text: string, keyword: string, flag: string): boolean {
  const [command = "", ...words] = text.split(/\s+/);
  if (command === keyword) return !words.some((word) => /^-\w*n/.test(word));
  return ["declare", "typeset"].includes(command) && words.some((word) => /^-\w+$/.test(word) && word.includes(flag));
}
