import type { RemediationItem, ScanItem, WorkItem } from "@holdfast/contracts/agent-protocol";

/** The orders a controlled device has been given: nothing is done about one until somebody says so. */
export interface OrderBook {
  receive(items: readonly WorkItem[]): void;
  /** Each scan order once: the waiting one of the policy, or the next to come; null when none does in time. */
  nextScan(policyId: string, timeoutMs: number): Promise<ScanItem | null>;
  remediation(actionId: string, timeoutMs: number): Promise<RemediationItem | null>;
  /** The newest order of the policy that nobody has answered, awaited or not. */
  openScan(policyId: string): ScanItem | null;
  scanAnswered(policyId: string): void;
  /** Whether the server may have been asked again for a scan that is open here. */
  hasOpenScans(): boolean;
}

interface OpenScan {
  readonly order: ScanItem;
  readonly isAwaited: boolean;
}

/** @param signal ends every wait, with null. */
export function orderBook(signal: AbortSignal): OrderBook {
  const scans = new Map<string, OpenScan>();
  const remediations = new Map<string, RemediationItem>();
  const waiting = new Set<() => void>();

  /** Looks now, and again whenever an order comes. */
  function wait<T>(look: () => T | null, timeoutMs: number): Promise<T | null> {
    return new Promise((resolve) => {
      const end = (found: T | null): void => {
        clearTimeout(timer);
        waiting.delete(again);
        signal.removeEventListener("abort", giveUp);
        resolve(found);
      };
      const again = (): void => {
        const found = look();
        if (found !== null) end(found);
      };
      const giveUp = (): void => end(null);
      const timer = setTimeout(giveUp, timeoutMs);
      waiting.add(again);
      signal.addEventListener("abort", giveUp, { once: true });
      again();
      if (signal.aborted) giveUp();
    });
  }

  return {
    receive(items) {
      for (const item of items) {
        if (item.type === "scan") scans.set(item.policyId, { order: item, isAwaited: false });
        else remediations.set(item.actionId, item);
      }
      for (const again of [...waiting]) again();
    },
    nextScan(policyId, timeoutMs) {
      return wait(() => {
        const open = scans.get(policyId);
        if (open === undefined || open.isAwaited) return null;
        scans.set(policyId, { ...open, isAwaited: true });
        return open.order;
      }, timeoutMs);
    },
    remediation: (actionId, timeoutMs) => wait(() => remediations.get(actionId) ?? null, timeoutMs),
    openScan: (policyId) => scans.get(policyId)?.order ?? null,
    scanAnswered: (policyId) => void scans.delete(policyId),
    hasOpenScans: () => scans.size > 0,
  };
}
