/** A plan's changes as they were shown to the approver; long lines wrap, so that nothing is out of sight. */
export function PlanDiff({ plan }: { readonly plan: string }) {
  return <pre className="mt-2 rounded-md bg-sunken p-3 text-sm break-words whitespace-pre-wrap">{plan}</pre>;
}
