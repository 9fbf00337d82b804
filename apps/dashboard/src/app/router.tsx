import {
  createRootRoute,
  createRoute,
  createRouter,
  type ErrorComponentProps,
  Outlet,
  redirect,
  useRouter,
} from "@tanstack/react-router";
import { ErrorState } from "../components/error-state.tsx";
import { AuditPage } from "../features/audit/audit-page.tsx";
import { getMe } from "../features/auth/get-me.ts";
import { SignInPage } from "../features/auth/sign-in-page.tsx";
import { DevicePage } from "../features/devices/device-page.tsx";
import { DevicesPage } from "../features/devices/devices-page.tsx";
import { findingFiltersOf } from "../features/devices/finding-filters.ts";
import { ExceptionsPage } from "../features/exceptions/exceptions-page.tsx";
import { OverviewPage } from "../features/overview/overview-page.tsx";
import { PeoplePage } from "../features/people/people-page.tsx";
import { PoliciesPage } from "../features/policies/policies-page.tsx";
import { RemediationsPage } from "../features/remediations/remediations-page.tsx";
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

function ShellError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = async (): Promise<void> => {
    await router.invalidate();
    reset();
  };
  return (
    <main className="mx-auto max-w-xl p-10">
      <h1 className="mb-4 text-2xl font-bold">Holdfast</h1>
      <ErrorState error={error instanceof Error ? error : new Error(String(error))} onRetry={() => void retry()} />
    </main>
  );
}

const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  component: Shell,
  errorComponent: ShellError,
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

const policies = createRoute({ getParentRoute: () => shell, path: "/policies", component: PoliciesPage });
const exceptions = createRoute({ getParentRoute: () => shell, path: "/exceptions", component: ExceptionsPage });
const remediations = createRoute({ getParentRoute: () => shell, path: "/remediations", component: RemediationsPage });
const people = createRoute({ getParentRoute: () => shell, path: "/people", component: PeoplePage });
const audit = createRoute({ getParentRoute: () => shell, path: "/audit", component: AuditPage });

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    shell.addChildren([overview, devices, device, policies, exceptions, remediations, people, audit]),
  ]),
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
