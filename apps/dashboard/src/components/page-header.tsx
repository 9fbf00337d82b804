import type { ReactNode } from "react";

interface PageHeaderProps {
  readonly title: string;
  /** What can be done on the page, at the right. */
  readonly children?: ReactNode;
}

export function PageHeader({ title, children }: PageHeaderProps) {
  return (
    <div className="mb-6 flex flex-wrap items-end justify-between gap-3">
      <h1 className="text-2xl font-bold">{title}</h1>
      <div className="flex flex-wrap items-center gap-3">{children}</div>
    </div>
  );
}
