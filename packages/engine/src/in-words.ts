import { childrenOf, type Expectation, type Expression } from "@holdfast/content/expression";
import { candidatesByAddress } from "./draft/candidates.ts";
import { findResource } from "./registry.ts";

/** What an expectation wants, as its kind says it in a finding, e.g. "net.ipv4.ip_forward: is 0 now and at next boot". */
export function expectationInWords(expectation: Expectation): string {
  const { kind, address, desired, target, when } = expectation;
  const condition = when === undefined ? "" : ` (only when ${when})`;
  const [candidate] = candidatesByAddress([expectation]).get(address) ?? [];
  try {
    const judgement = findResource(kind)?.judge(candidate?.state as never, desired as never, target as never);
    const expected = judgement?.expected ?? "";
    return `${address}: ${expected === "" ? judgement?.actual : expected}${condition}`;
  } catch {
    return `${address}: ${JSON.stringify(desired)}${condition}`;
  }
}

/** The whole tree, a line per expectation and group, indented. */
export function expressionInWords(expression: Expression, indent = ""): string[] {
  if ("expectation" in expression) return [`${indent}${expectationInWords(expression.expectation)}`];
  const heading = "all" in expression ? "all of" : "any" in expression ? "at least one of" : "none of";
  return [`${indent}${heading}`, ...childrenOf(expression).flatMap((child) => expressionInWords(child, `${indent}  `))];
}
