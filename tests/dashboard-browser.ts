import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, chromium, type Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import type { FirstRun } from "./holdfast-process.ts";

export const themes = ["light", "dark"] as const;
const flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"];

/** The Chromium that CHROMIUM_PATH names. @throws when it names none. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = process.env["CHROMIUM_PATH"];
  if (!executablePath) throw new Error("CHROMIUM_PATH names no Chromium; npm test sets it.");
  return chromium.launch({ executablePath, args: flags });
}

export interface Visit {
  readonly theme?: (typeof themes)[number];
  readonly width?: number;
  /** What may be on the console; anything else fails the test. */
  readonly console?: RegExp;
}

/** A new browser profile's page at a URL, not signed in. Fails the test for whatever it puts on its console. */
export async function visitUrl(browser: Browser, url: string, options: Visit = {}): Promise<Page> {
  const { theme = "light", width = 1280, console } = options;
  const context = await browser.newContext({ colorScheme: theme, viewport: { width, height: 900 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !console?.test(message.text()))
      complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  onTestFinished(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });
  page.setDefaultTimeout(30_000);
  await page.goto(url);
  return page;
}

export async function signInAs(page: Page, { email, password }: Pick<FirstRun, "email" | "password">): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** What axe finds wrong on the page as it is shown now: nothing. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`),
  ).toEqual([]);
}

/** For a page 375 pixels wide. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(375);
}
