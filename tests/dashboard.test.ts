import path from "node:path";
import type { DeviceFinding } from "@holdfast/contracts/own-api";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  expectAccessible,
  expectNoSidewaysScroll,
  launchBrowser,
  signInAs,
  themes,
  type Visit,
  visitUrl,
} from "./dashboard-browser.ts";
import { type HoldfastProcess, makeTemporaryDirectory, removeWithProcesses, startUp } from "./holdfast-process.ts";

const timeout = 120_000;
/** Chromium's own line for an answer of 401, which wrong passwords get. */
const unauthorised = /^Failed to load resource: .* 401 /;

const directory = makeTemporaryDirectory();
const stateDir = path.join(directory, "state");
let holdfast: HoldfastProcess;
let browser: Browser;
/** A failing finding with evidence, to look for; its number has dots, as addresses with it have. */
let failing: DeviceFinding;

beforeAll(async () => {
  browser = await launchBrowser();
  holdfast = await startUp({ stateDir });
  await holdfast.scored();
  const { findings } = await holdfast.getFindings();
  const found = findings.find(({ status, evidence }) => status === "fail" && evidence.details.length > 0);
  if (found === undefined) throw new Error("nothing fails on this machine, so there is nothing to look at");
  failing = found;
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await removeWithProcesses(directory);
});

const visit = (address: string, options?: Visit) => visitUrl(browser, `${holdfast.firstRun().url}${address}`, options);
const signIn = (page: Page, password = holdfast.firstRun().password) =>
  signInAs(page, { email: holdfast.firstRun().email, password });

async function visitSignedIn(address: string, options: Visit = {}): Promise<Page> {
  const page = await visit(address, options);
  await signIn(page);
  return page;
}

const deviceAddress = (search = "") => `/devices/${holdfast.firstRun().deviceId}${search}`;
const findingButton = (page: Page) => page.getByRole("button", { name: `${failing.checkId} ${failing.title}` });
const shownCount = (page: Page) => page.getByRole("status").filter({ hasText: "shown" });

describe("the dashboard", { timeout }, () => {
  it("says that a password is wrong, and lets the right one in to the score", async () => {
    const page = await visit("/", { console: unauthorised });
    await signIn(page, "not the password");
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").textContent()).toMatch(/password/i);
    await signIn(page);
    const { score } = (await holdfast.getFindings()).result;
    await page.getByRole("img", { name: `Score ${score?.toFixed(1)} of 100` }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/");
    await page.reload();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
  });

  it("leads from an address through sign-in to where it points, and out again", async () => {
    const page = await visitSignedIn("/devices");
    await page.getByRole("heading", { name: "Devices" }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.goto(`${holdfast.firstRun().url}/devices`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await page.getByRole("heading", { name: "Devices" }).count()).toBe(0);
  });

  it("starts a scan and shows its result when it is there", async () => {
    const page = await visitSignedIn("/devices");
    await page.getByRole("link", { name: (await holdfast.getDevice()).hostname, exact: true }).click();
    const result = page.getByRole("region", { name: "Latest result" }).locator("time");
    const before = await result.getAttribute("datetime");
    await page.getByRole("button", { name: "Scan now" }).click();
    await page.getByRole("button", { name: "Scanning …" }).waitFor();
    await page.getByRole("button", { name: "Scan now" }).waitFor();
    await expect.poll(() => result.getAttribute("datetime"), { timeout: 30_000 }).not.toBe(before);
    expect(await result.getAttribute("datetime")).toBe((await holdfast.getDevice()).latest[0]?.checkedAt);
  });

  it("filters the failures, and tells of one what was expected, found, where, why and how to fix it", async () => {
    const page = await visitSignedIn(deviceAddress());
    await page.getByLabel("Status").selectOption("fail");
    const { counts } = (await holdfast.getFindings()).result;
    await expect.poll(() => shownCount(page).textContent()).toMatch(new RegExp(`^${counts.fail} of `));
    await findingButton(page).click();
    expect(new URL(page.url()).searchParams.get("status")).toBe("fail");
    const opened = page.getByRole("listitem").filter({ has: findingButton(page) });
    const text = (await opened.textContent())?.replaceAll(/\s+/g, " ");
    const [detail] = failing.evidence.details;
    for (const heading of ["Expected", "Actual", "Source", "Why it matters", "How to fix it"])
      expect(text).toContain(heading);
    for (const part of [
      detail?.expected,
      detail?.actual,
      detail?.source ?? "–",
      failing.rationale,
      failing.remediation,
    ])
      expect(text).toContain(part?.replaceAll(/\s+/g, " ").trim());
    await page.getByLabel("Text").fill("no such finding");
    await page.getByRole("heading", { name: "No finding matches" }).waitFor();
  });

  it("can be used with the keyboard alone", async () => {
    const page = await visit(deviceAddress("?status=fail"));
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await tabTo(page, "E-mail");
    await page.keyboard.type(holdfast.firstRun().email);
    await tabTo(page, "Password");
    await page.keyboard.type(holdfast.firstRun().password);
    await page.keyboard.press("Enter");
    await findingButton(page).waitFor();
    await tabTo(page, `${failing.checkId} ${failing.title}`);
    await page.keyboard.press("Enter");
    await page.getByText(failing.remediation).waitFor();
    expect(await findingButton(page).getAttribute("aria-expanded")).toBe("true");
    await page.keyboard.press("Enter");
    await expect.poll(() => findingButton(page).getAttribute("aria-expanded")).toBe("false");
  });

  it.each(themes)("has no accessibility problem that can be found by machine, %s", async (theme) => {
    const page = await visit("/", { theme });
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await expectAccessible(page);
    await signIn(page);
    await page.getByRole("heading", { name: "Worst failing checks" }).waitFor();
    await expectAccessible(page);
    await page.getByRole("link", { name: "Devices" }).click();
    await page.getByRole("table").waitFor();
    await expectAccessible(page);
    await page.goto(`${holdfast.firstRun().url}${deviceAddress(`?status=fail&open=${failing.checkId}`)}`);
    await page.getByText(failing.remediation).waitFor();
    await expectAccessible(page);
  });

  it("keeps the chosen theme", async () => {
    const page = await visitSignedIn("/");
    await page.getByRole("button", { name: "Use the dark theme" }).click();
    await page.reload();
    await page.getByRole("button", { name: "Use the light theme" }).waitFor();
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
  });

  it("fits a telephone", async () => {
    const page = await visit("/", { width: 375 });
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await expectNoSidewaysScroll(page);
    await signIn(page);
    await page.getByRole("heading", { name: "Worst failing checks" }).waitFor();
    await expectNoSidewaysScroll(page);
    await page.getByRole("link", { name: "Devices" }).click();
    await page.getByRole("table").waitFor();
    await expectNoSidewaysScroll(page);
    await page.goto(`${holdfast.firstRun().url}${deviceAddress(`?open=${failing.checkId}`)}`);
    await page.getByText(failing.remediation).waitFor();
    await expectNoSidewaysScroll(page);
  });

  it("says what to do where there is nothing yet, and where there is no such page", async () => {
    const page = await visit("/devices");
    await page.route("**/api/v1/devices?*", (route) => route.fulfill({ json: { items: [], total: 0 } }));
    await page.route("**/api/v1/overview", async (route) => {
      const overview = await (await route.fetch()).json();
      const devices = { total: 0, online: 0, scanned: 0 };
      await route.fulfill({ json: { ...overview, devices, score: null, riskLevel: null, worst: [] } });
    });
    await signIn(page);
    await page.getByRole("heading", { name: "No device has enrolled yet" }).waitFor();
    await page.getByRole("link", { name: "Overview" }).click();
    await page.getByRole("heading", { name: "Nothing has been scanned yet" }).waitFor();
    await page.goto(`${holdfast.firstRun().url}/no/such/page`);
    await page.getByRole("heading", { name: "There is no such page" }).waitFor();
  });

  it("says that the server is away, and goes on when it is back", async () => {
    const page = await visitSignedIn("/", { console: /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|net::/ });
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    expect((await holdfast.interrupt()).code).toBe(0);
    await page.getByRole("link", { name: "Devices" }).click();
    const alert = page.getByRole("alert");
    await alert.waitFor();
    expect(await alert.textContent()).toContain("The server does not answer");
    holdfast = await startUp({ stateDir, port: holdfast.port });
    await holdfast.ready();
    await alert.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("link", { name: (await holdfast.getDevice()).hostname, exact: true }).waitFor();
  });
});

/** Presses Tab until what has the focus is named so. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 150; presses += 1) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate<string>(
      "document.activeElement.matches('body') ? '' : (document.activeElement.labels?.[0] ?? document.activeElement).textContent",
    );
    if (focused.replaceAll(/\s+/g, " ").includes(name)) return;
  }
  throw new Error(`Tab does not reach "${name}"`);
}
