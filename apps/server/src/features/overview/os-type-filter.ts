import type { OsType } from "@holdfast/contracts/platform";

/** null: of every operating system. */
export type OsTypeFilter = OsType | null;
