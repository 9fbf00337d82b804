import { type Static, Type } from "typebox";

const FileImage = Type.Object({
  text: Type.String(),
  /** Permission bits, e.g. 0o644. */
  mode: Type.Integer({ minimum: 0, maximum: 0o7777 }),
  uid: Type.Integer({ minimum: 0 }),
  gid: Type.Integer({ minimum: 0 }),
});
export type FileImage = Static<typeof FileImage>;

/**
 * One primitive change with its undo. The set is closed; each carries what was there before (`was`), so that roll-back
 * is written once, in the executor. Paths are absolute.
 */
export const Change = Type.Union([
  Type.Object({
    type: Type.Literal("write_file"),
    path: Type.String(),
    text: Type.String(),
    /** Mode and owner of a file that does not exist yet; an existing file keeps its own. */
    mode: Type.Integer(),
    /** The text before, null when the file did not exist. */
    was: Type.Union([Type.String(), Type.Null()]),
  }),
  Type.Object({
    type: Type.Literal("remove_file"),
    path: Type.String(),
    was: Type.String(),
  }),
  Type.Object({
    type: Type.Literal("set_mode"),
    path: Type.String(),
    mode: Type.Integer(),
    was: Type.Integer(),
  }),
  Type.Object({
    type: Type.Literal("set_owner"),
    path: Type.String(),
    uid: Type.Integer(),
    gid: Type.Integer(),
    was: Type.Object({ uid: Type.Integer(), gid: Type.Integer() }),
  }),
  /** A kernel parameter's running value. */
  Type.Object({
    type: Type.Literal("set_sysctl"),
    key: Type.String({ pattern: "^[A-Za-z0-9_./-]+$" }),
    value: Type.String(),
    was: Type.String(),
  }),
  /** Takes a kernel module out of the running kernel. Undone by loading it again. */
  Type.Object({
    type: Type.Literal("unload_module"),
    name: Type.String({ pattern: "^[A-Za-z0-9_-]+$" }),
  }),
]);
export type Change = Static<typeof Change>;

/** Named steps around changes: validated before activation, activated after. A closed set; no command comes from data. */
export const activations = ["reload_sshd", "none"] as const;
export type Activation = (typeof activations)[number];

export const Plan = Type.Object({
  /** The check's id in the content pack. */
  checkId: Type.String(),
  changes: Type.Array(Change),
  activations: Type.Array(Type.Enum(activations)),
  /** What may go wrong or be interrupted, for the approver, e.g. "reloads sshd; open sessions stay". */
  risk: Type.String(),
});
export type Plan = Static<typeof Plan>;
