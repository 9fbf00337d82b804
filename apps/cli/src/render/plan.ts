import type { Plan } from "@holdfast/contracts/plan";
import { renderPlan } from "@holdfast/engine/diff";
import { planHash } from "@holdfast/engine/plan";
import type { Style } from "./style.ts";

/** A plan for people: the diff, what may go wrong, what is activated, and the hash an approval is bound to. */
export function renderPlanText(plan: Plan, impact: string, style: Style): string {
  const diff = renderPlan(plan)
    .split("\n")
    .map((line) => colourLine(line, style))
    .join("\n");
  const notes = [
    ["Risk", plan.risk],
    ["Impact", impact.trim()],
    ["Then", plan.activations.map((activation) => activation.replaceAll("_", " ")).join(", ")],
    ["Hash", planHash(plan)],
  ].filter(([, text]) => text !== "");
  return `${diff}\n\n${notes.map(([name, text]) => `${style.bold(`${name}:`)} ${text}`).join("\n")}\n`;
}

function colourLine(line: string, style: Style): string {
  if (line.startsWith("--- ") || line.startsWith("+++ ")) return style.bold(line);
  if (line.startsWith("@@")) return style.cyan(line);
  if (line.startsWith("+")) return style.green(line);
  return line.startsWith("-") ? style.red(line) : line;
}
