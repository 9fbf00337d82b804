import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { useEffect } from "react";
import { ShieldIcon } from "../components/shield-icon.tsx";
import { getMe } from "../features/auth/get-me.ts";
import { useSignOut } from "../features/auth/sign-out.ts";
import { followEvents } from "../lib/live-events.ts";
import { applyLiveEvent } from "./apply-live-event.ts";
import { ThemeSwitch } from "./theme-switch.tsx";

/** What surrounds every page of a signed-in user: navigation, and the live events that keep the pages current. */
export function Shell() {
  const { data: me } = useSuspenseQuery(getMe);
  const queryClient = useQueryClient();
  const signOut = useSignOut();
  useEffect(() => {
    const controller = new AbortController();
    void followEvents((event) => applyLiveEvent(queryClient, event), controller.signal);
    return () => controller.abort();
  }, [queryClient]);
  return (
    <>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:m-2 focus:rounded focus:bg-surface focus:p-2"
      >
        Skip to the content
      </a>
      <header className="border-b border-line bg-surface">
        <div className="mx-auto flex max-w-6xl flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
          <Link to="/" className="flex items-center gap-2 text-lg font-bold">
            <ShieldIcon /> Holdfast
          </Link>
          <nav aria-label="Main" className="flex flex-wrap gap-1">
            <NavigationLink to="/">Overview</NavigationLink>
            <NavigationLink to="/devices">Devices</NavigationLink>
            <NavigationLink to="/policies">Policies</NavigationLink>
            <NavigationLink to="/exceptions">Exceptions</NavigationLink>
            <NavigationLink to="/remediations">Remediations</NavigationLink>
            <NavigationLink to="/people">People</NavigationLink>
            <NavigationLink to="/audit">Audit</NavigationLink>
          </nav>
          <div className="ml-auto flex items-center gap-3">
            <span className="hidden text-sm text-muted sm:inline">{me.email}</span>
            <ThemeSwitch />
            <button type="button" className="button button-quiet" onClick={() => signOut.mutate()}>
              Sign out
            </button>
          </div>
        </div>
      </header>
      <main id="content" tabIndex={-1} className="mx-auto max-w-6xl px-4 py-6 outline-none">
        <Outlet />
      </main>
    </>
  );
}

type PagePath = "/" | "/devices" | "/policies" | "/exceptions" | "/remediations" | "/people" | "/audit";

function NavigationLink({ to, children }: { readonly to: PagePath; readonly children: string }) {
  return (
    <Link
      to={to}
      activeOptions={{ exact: to === "/" }}
      className="rounded-md px-2.5 py-1.5 font-medium hover:bg-sunken hover:text-ink"
      activeProps={{ className: "bg-sunken text-ink" }}
      inactiveProps={{ className: "text-muted" }}
    >
      {children}
    </Link>
  );
}
