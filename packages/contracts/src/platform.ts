import { type Static, Type } from "typebox";

export const osTypes = ["linux", "windows", "macos"] as const;
export const OsType = Type.Enum(osTypes);
export type OsType = (typeof osTypes)[number];

/** What a device is, from os-release(5) on Linux. */
export const Platform = Type.Object({
  osType: OsType,
  /** `ID` of os-release, e.g. "debian". */
  id: Type.String({ maxLength: 64 }),
  /** `ID_LIKE`, split, e.g. ["rhel", "centos", "fedora"]. */
  idLike: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 16 }),
  /** `VERSION_ID`, e.g. "12" or "24.04"; empty when unknown (Debian testing has none). */
  version: Type.String({ maxLength: 64 }),
  /** `PRETTY_NAME`, for people. */
  name: Type.String({ maxLength: 200 }),
});
export type Platform = Static<typeof Platform>;
