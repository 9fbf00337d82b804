/** What is shown in place of content that could not be had. */
export function ErrorState({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }) {
  return (
    <div role="alert" className="card border-bad p-6">
      <h2 className="font-semibold text-bad">This could not be loaded</h2>
      <p className="mt-1">{error.message}</p>
      {onRetry && (
        <button type="button" className="button button-quiet mt-4" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
