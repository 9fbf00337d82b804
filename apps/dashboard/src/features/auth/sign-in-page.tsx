import type { SessionTokens } from "@holdfast/contracts/own-api";
import { useMutation } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { ShieldIcon } from "../../components/shield-icon.tsx";
import { request, setAccessToken } from "../../lib/api-client.ts";

export function SignInPage() {
  const router = useRouter();
  const { from } = useSearch({ from: "/sign-in" });
  const signIn = useMutation({
    mutationFn: (input: { email: string; password: string }) => request<SessionTokens>("POST", "/auth/sign-in", input),
    async onSuccess({ accessToken }) {
      setAccessToken(accessToken);
      await router.navigate({ href: from, replace: true });
    },
  });
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    signIn.mutate({ email: String(form.get("email")), password: String(form.get("password")) });
  }
  return (
    <main className="flex min-h-screen items-center justify-center p-4">
      <form onSubmit={submit} className="card w-full max-w-sm p-8" aria-labelledby="sign-in-title">
        <div className="flex items-center gap-2 font-bold">
          <ShieldIcon /> Holdfast
        </div>
        <h1 id="sign-in-title" className="mt-6 text-xl font-bold">
          Sign in
        </h1>
        <p className="mt-1 text-sm text-muted">The first password was printed when Holdfast started.</p>
        <label className="mt-6 block font-medium" htmlFor="email">
          E-mail
        </label>
        <input className="field mt-1 w-full" id="email" name="email" type="email" autoComplete="username" required />
        <label className="mt-4 block font-medium" htmlFor="password">
          Password
        </label>
        <input
          className="field mt-1 w-full"
          id="password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
        {signIn.error && (
          <p role="alert" className="mt-4 rounded-md bg-bad-soft p-3 text-bad">
            {signIn.error.message}
          </p>
        )}
        <button type="submit" className="button mt-6 w-full justify-center" disabled={signIn.isPending}>
          {signIn.isPending ? "Signing in …" : "Sign in"}
        </button>
      </form>
    </main>
  );
}
