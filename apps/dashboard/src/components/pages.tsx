export const perPage = 50;

interface PagesProps {
  readonly page: number;
  readonly total: number;
  readonly onPage: (page: number) => void;
}

/** Steps through a list that the server pages; nothing while one page holds it. */
export function Pages({ page, total, onPage }: PagesProps) {
  const last = Math.max(0, Math.ceil(total / perPage) - 1);
  if (last === 0) return null;
  return (
    <nav aria-label="Pages" className="mt-4 flex items-center justify-end gap-3">
      <span className="text-muted">
        Page {page + 1} of {last + 1}
      </span>
      <button type="button" className="button button-quiet" disabled={page === 0} onClick={() => onPage(page - 1)}>
        Previous
      </button>
      <button type="button" className="button button-quiet" disabled={page >= last} onClick={() => onPage(page + 1)}>
        Next
      </button>
    </nav>
  );
}
