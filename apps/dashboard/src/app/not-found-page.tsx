import { Link } from "@tanstack/react-router";

export function NotFoundPage() {
  return (
    <main className="mx-auto max-w-xl p-10">
      <h1 className="text-2xl font-bold">There is no such page</h1>
      <p className="mt-2 text-muted">The address may be mistyped, or what it showed is gone.</p>
      <Link to="/" className="button mt-6">
        To the overview
      </Link>
    </main>
  );
}
