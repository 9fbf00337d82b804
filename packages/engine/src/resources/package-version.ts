/** Orders two versions: negative, zero or positive as the first is older, equal or newer. */
export type VersionOrder = (a: string, b: string) => number;

/** Debian's order: `[epoch:]upstream[-revision]`, with "~" before everything, even the end. @see deb-version(7) */
export const compareDebVersions: VersionOrder = (a, b) => {
  const left = splitDeb(a);
  const right = splitDeb(b);
  return (
    left.epoch - right.epoch ||
    compareDebParts(left.upstream, right.upstream) ||
    compareDebParts(left.revision, right.revision)
  );
};

/** RPM's order: `[epoch:]version[-release]`. A missing release on either side is not compared. @see rpm-version(7) */
export const compareRpmVersions: VersionOrder = (a, b) => {
  const left = splitRpm(a);
  const right = splitRpm(b);
  const byVersion = left.epoch - right.epoch || compareRpmParts(left.version, right.version);
  if (byVersion !== 0 || left.release === null || right.release === null) return byVersion;
  return compareRpmParts(left.release, right.release);
};

function splitDeb(version: string): { epoch: number; upstream: string; revision: string } {
  const [, epoch = "0", rest = ""] = /^(?:(\d+):)?(.*)$/s.exec(version.trim()) ?? [];
  const dash = rest.lastIndexOf("-");
  // A missing revision equals revision 0, as dpkg has it.
  return dash === -1
    ? { epoch: Number(epoch), upstream: rest, revision: "" }
    : { epoch: Number(epoch), upstream: rest.slice(0, dash), revision: rest.slice(dash + 1) };
}

/** Alternates between runs of non-digits, in dpkg's character order, and runs of digits, as numbers. */
function compareDebParts(a: string, b: string): number {
  let left = a;
  let right = b;
  while (left !== "" || right !== "") {
    const leftText = /^\D*/.exec(left)?.[0] ?? "";
    const rightText = /^\D*/.exec(right)?.[0] ?? "";
    for (let at = 0; at < Math.max(leftText.length, rightText.length); at += 1) {
      const order = debWeight(leftText.charAt(at)) - debWeight(rightText.charAt(at));
      if (order !== 0) return order;
    }
    left = left.slice(leftText.length);
    right = right.slice(rightText.length);
    const leftDigits = /^\d*/.exec(left)?.[0] ?? "";
    const rightDigits = /^\d*/.exec(right)?.[0] ?? "";
    const order = compareDigits(leftDigits, rightDigits);
    if (order !== 0) return order;
    left = left.slice(leftDigits.length);
    right = right.slice(rightDigits.length);
  }
  return 0;
}

/** "~" before the end ("" here), the end before letters, letters before the rest. */
function debWeight(character: string): number {
  if (character === "~") return -1;
  if (character === "") return 0;
  const code = character.charCodeAt(0);
  return /[A-Za-z]/.test(character) ? code : code + 256;
}

/** As numbers, of any length. */
function compareDigits(a: string, b: string): number {
  const left = a.replace(/^0+/, "");
  const right = b.replace(/^0+/, "");
  return left.length - right.length || (left < right ? -1 : left > right ? 1 : 0);
}

function splitRpm(version: string): { epoch: number; version: string; release: string | null } {
  const [, epoch = "0", rest = ""] = /^(?:(\d+):)?(.*)$/s.exec(version.trim()) ?? [];
  const dash = rest.lastIndexOf("-");
  return dash === -1
    ? { epoch: Number(epoch), version: rest, release: null }
    : { epoch: Number(epoch), version: rest.slice(0, dash), release: rest.slice(dash + 1) };
}

/** Runs of digits and of letters, everything else only parts them; "~" is older than the end, "^" newer than the end but older than more. */
function compareRpmParts(a: string, b: string): number {
  const left = rpmSegments(a);
  const right = rpmSegments(b);
  for (let at = 0; ; at += 1) {
    const one = left[at];
    const other = right[at];
    if (one === undefined && other === undefined) return 0;
    if (one === other) continue;
    if (one === "~" || other === "~") return one === "~" ? -1 : 1;
    if (one === undefined) return -1;
    if (other === undefined) return 1;
    if (one === "^" || other === "^") return one === "^" ? -1 : 1;
    const order = compareRpmSegments(one, other);
    if (order !== 0) return order;
  }
}

function rpmSegments(text: string): readonly string[] {
  return text.match(/[0-9]+|[A-Za-z]+|~|\^/g) ?? [];
}

/** A number is newer than letters. */
function compareRpmSegments(one: string, other: string): number {
  const oneIsNumber = /^\d/.test(one);
  const otherIsNumber = /^\d/.test(other);
  if (oneIsNumber && otherIsNumber) return compareDigits(one, other);
  if (oneIsNumber !== otherIsNumber) return oneIsNumber ? 1 : -1;
  return one < other ? -1 : one > other ? 1 : 0;
}
