import type { RiskLevel } from "@holdfast/contracts/scoring";

const radius = 52;
const circumference = 2 * Math.PI * radius;
const stroke: Readonly<Record<RiskLevel, string>> = {
  low: "var(--good)",
  medium: "var(--warn)",
  high: "var(--bad)",
  critical: "var(--bad)",
};

/** A score as a ring with the number in it; an empty ring and a dash when there is none. */
export function ScoreRing({ score, risk }: { readonly score: number | null; readonly risk: RiskLevel | null }) {
  const filled = ((score ?? 0) / 100) * circumference;
  const label = score === null ? "No score yet" : `Score ${score.toFixed(1)} of 100`;
  return (
    <svg viewBox="0 0 120 120" width={140} height={140} role="img" aria-label={label}>
      <circle cx={60} cy={60} r={radius} fill="none" stroke="var(--sunken)" strokeWidth={12} />
      <circle
        cx={60}
        cy={60}
        r={radius}
        fill="none"
        stroke={risk === null ? "var(--line)" : stroke[risk]}
        strokeWidth={12}
        strokeLinecap={filled > 0 ? "round" : "butt"}
        strokeDasharray={`${filled} ${circumference}`}
        transform="rotate(-90 60 60)"
      />
      <text
        x={60}
        y={61.5}
        textAnchor="middle"
        dominantBaseline="middle"
        fontSize={30}
        fontWeight={700}
        fill="var(--ink)"
      >
        {score === null ? "–" : score.toFixed(1)}
      </text>
    </svg>
  );
}
