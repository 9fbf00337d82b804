/** Something wrong in a content file, told so that its author knows what to do. */
export interface Problem {
  /** Relative to the content directory, with forward slashes, e.g. "checks/linux/network.yaml". */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Where in the file's data, e.g. "ip-forwarding-off.require.all[0]"; empty for the file itself. */
  readonly path: string;
  readonly message: string;
}

/** `file:line: path: message`, which editors turn into a link. */
export function formatProblem({ file, line, path, message }: Problem): string {
  return `${file}:${line}: ${path === "" ? "" : `${path}: `}${message}`;
}
