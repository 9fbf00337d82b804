import { type Static, Type } from "typebox";
import type { Resource } from "../resource.ts";
import { namedList } from "./named-list.ts";
import { isLoopback, type OpenSocket, readOpenSockets, socketName } from "./open-sockets.ts";

/*
 * listening_socket: { ports: [25, 465, 587], loopback_only: true }    nobody outside reaches these TCP ports
 * listening_socket: { review: true }                                  a person looks at what outsiders reach
 *
 * What an image would open cannot be seen: there it is not applicable.
 */
const Target = Type.Object({}, { additionalProperties: false });
const Desired = Type.Union([
  Type.Object(
    {
      ports: Type.Array(Type.Integer({ minimum: 1, maximum: 65_535 }), { minItems: 1 }),
      loopback_only: Type.Literal(true),
    },
    { additionalProperties: false },
  ),
  Type.Object({ review: Type.Literal(true) }, { additionalProperties: false }),
]);

interface ListeningSocketState {
  /** Sorted; left out where nothing runs. */
  readonly sockets?: readonly OpenSocket[];
}

/** The ports that are open now. */
export const listeningSocket: Resource<Static<typeof Target>, ListeningSocketState, Static<typeof Desired>> = {
  kind: "listening_socket",
  target: Target,
  desired: Desired,
  address: () => "listening_socket:local",
  read: async (host) => (host.live ? { sockets: await readOpenSockets(host) } : {}),
  judge({ sockets }, desired) {
    const outside = sockets?.filter((socket) => !isLoopback(socket));
    if ("review" in desired) {
      const expected = "a person knows and wants every service that outsiders reach";
      const actual = outside === undefined ? "open ports can be seen on a running machine only" : listed(outside);
      return { verdict: "manual", expected, actual, source: "/proc/net" };
    }
    const expected = `TCP ports ${desired.ports.join(", ")} open on loopback only`;
    if (outside === undefined) {
      const actual = "open ports can be seen on a running machine only";
      return { verdict: "not_applicable", expected, actual, source: null };
    }
    const exposed = outside.filter(({ protocol, port }) => protocol === "tcp" && desired.ports.includes(port));
    const verdict = exposed.length === 0 ? "pass" : "fail";
    return { verdict, expected, actual: exposed.length === 0 ? "so it is" : listed(exposed), source: "/proc/net/tcp" };
  },
};

function listed(sockets: readonly OpenSocket[]): string {
  return sockets.length === 0
    ? "no port is open to outsiders"
    : `open to outsiders: ${namedList(sockets.map(socketName))}`;
}
