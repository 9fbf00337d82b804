export function Loading({ what }: { readonly what: string }) {
  return (
    <p role="status" className="p-6 text-muted">
      Loading {what} …
    </p>
  );
}
