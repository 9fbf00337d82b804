import type { Check } from "@holdfast/content/pack";
import { applyCheck } from "../execute.ts";
import type { WritableHost } from "../host.ts";
import { directoryHost } from "../hosts/directory.ts";
import { rollBack } from "../roll-back.ts";
import { aPack } from "./a-check.ts";

/*
 * A process that applies or rolls back and kills itself at its n-th call of the host: what a power cut at that moment
 * leaves behind, found by a test. It prints how many calls there were and which of them were writes.
 */
interface Order {
  readonly root: string;
  readonly journalDirectory: string;
  readonly check: Check;
  /** Rolls back this execution instead of applying. */
  readonly rollBack?: string;
  /** Which call it dies before, from 1; 0: it lives. */
  readonly dieBefore: number;
}

const order: Order = JSON.parse(process.argv[2] ?? "");
const writes: number[] = [];
let calls = 0;

function mortal(host: WritableHost): WritableHost {
  return new Proxy(host, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        calls += 1;
        if (calls === order.dieBefore) process.kill(process.pid, "SIGKILL");
        if (/^(write|remove|set)/.test(String(name))) writes.push(calls);
        return member.apply(target, args);
      };
    },
  });
}

const { root, journalDirectory, check } = order;
const host = mortal(await directoryHost(root));
const result =
  order.rollBack === undefined
    ? await applyCheck({ host, root, journalDirectory, pack: aPack(check) }, check)
    : await rollBack({ host, journalDirectory, id: order.rollBack });
process.stdout.write(JSON.stringify({ calls, writes, result }));
