import { createRootRoute, createRoute, createRouter, Outlet, redirect } from "@tanstack/react-router";
import { ErrorState } from "../components/error-state.tsx";
import { getMe } from "../features/auth/get-me.ts";
import { SignInPage } from "../features/auth/sign-in-page.tsx";
import { DevicePage } from "../features/devices/device-page.tsx";
import { DevicesPage } from "../features/devices/devices-page.tsx";
import { findingFiltersOf } from "../features/devices/finding-filters.ts";
import { OverviewPage } from "../features/overview/overview-page.tsx";
import { ApiRequestError } from "../lib/api-client.ts";
import { NotFoundPage } from "./not-found-page.tsx";
import { queryClient } from "./query-client.ts";
import { Shell } from "./shell.tsx";

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  component: SignInPage,
  validateSearch: (search: Record<string, unknown>) => ({
    // Only a path of ours: an address elsewhere would make sign-in a redirector.
    from: typeof search["from"] === "string" && /^\/(?![/\\])/.test(search["from"]) ? search["from"] : "/",
  }),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  component: Shell,
  errorComponent: ({ error }) => <ErrorState error={error instanceof Error ? error : new Error(String(error))} />,
  async beforeLoad({ location }) {
    try {
      await queryClient.ensureQueryData(getMe);
    } catch (error) {
      if (!(error instanceof ApiRequestError) || error.status !== 401) throw error;
      throw redirect({ to: "/sign-in", search: { from: location.href } });
    }
  },
});

const overview = createRoute({ getParentRoute: () => shell, path: "/", component: OverviewPage });
const devices = createRoute({ getParentRoute: () => shell, path: "/devices", component: DevicesPage });
const device = createRoute({
  getParentRoute: () => shell,
  path: "/devices/$deviceId",
  component: DevicePage,
  validateSearch: findingFiltersOf,
});

export const router = createRouter({
  routeTree: root.addChildren([signIn, shell.addChildren([overview, devices, device])]),
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
