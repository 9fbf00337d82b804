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

/* What an administrator does in the dashboard: the pages Policies, Exceptions, Remediations, People and Audit. */

const timeout = 120_000;
const pages = ["Policies", "Exceptions", "Remediations", "People", "Audit"] as const;
/** The dialog a page opens, where it has one, by the button's name. */
const dialogs = { Policies: ["New policy"], Exceptions: ["Grant exception"], People: ["Add person", "New token"] };

const directory = makeTemporaryDirectory();
let holdfast: HoldfastProcess;
let browser: Browser;
/** A failing finding with a fix that can be worked out: a kernel setting. */
let failing: DeviceFinding;

beforeAll(async () => {
  browser = await launchBrowser();
  holdfast = await startUp({ stateDir: path.join(directory, "state") });
  await holdfast.scored();
  const { findings } = await holdfast.getFindings();
  const found = findings.find(
    ({ status, evidence: { details } }) =>
      status === "fail" && details.length > 0 && details.every(({ address }) => address.startsWith("sysctl:")),
  );
  if (found === undefined) throw new Error("no kernel setting fails on this machine, so there is none to fix");
  failing = found;
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await removeWithProcesses(directory);
});

async function visitSignedIn(address: string, options?: Visit): Promise<Page> {
  const page = await visitUrl(browser, `${holdfast.firstRun().url}${address}`, options);
  await signInAs(page, holdfast.firstRun());
  return page;
}

const failingAddress = () => `/devices/${holdfast.firstRun().deviceId}?open=${failing.checkId}`;
const rowOf = (page: Page, text: string) => page.getByRole("row").filter({ hasText: text });
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const submit = (page: Page, name: string) =>
  page.getByRole("dialog").getByRole("button", { name, exact: true }).click();

async function openPage(page: Page, name: (typeof pages)[number]): Promise<void> {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
  // Their lists have arrived.
  await expect.poll(() => page.getByText(/^Loading/).count()).toBe(0);
}

describe("the dashboard's administration", { timeout }, () => {
  it("creates a policy without a check found by search, edits it, switches it off and deletes it", async () => {
    const page = await visitSignedIn("/policies");
    await button(page, "New policy").click();
    await page.getByLabel("Name").fill("Kiosks");
    await page.getByLabel("Level", { exact: true }).selectOption("l2");
    await page.getByLabel("Search a check to leave out").fill(failing.title);
    await button(page, "Load the shipped checks").click();
    await page.getByRole("list", { name: "Matching checks" }).getByRole("button").first().click();
    await button(page, `Evaluate ${failing.checkId} again`).waitFor();
    await submit(page, "Save");
    const row = rowOf(page, "Kiosks");
    await row.waitFor();
    expect((await row.getByRole("cell").allTextContents()).slice(3, 6)).toEqual(["Level 2", "1", "every 24 h"]);

    await button(page, "Edit Kiosks").click();
    await page.getByLabel("Scan on schedule").uncheck();
    await button(page, `Evaluate ${failing.checkId} again`).click();
    await submit(page, "Save");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await expect
      .poll(async () => (await row.getByRole("cell").allTextContents()).slice(3, 6))
      .toEqual(["Level 2", "0", "by hand"]);

    await button(page, "Switch Kiosks off").click();
    await row.getByText("(off)").waitFor();
    page.once("dialog", (question) => void question.dismiss());
    await button(page, "Delete Kiosks").click();
    expect(await row.count()).toBe(1);
    page.once("dialog", (question) => void question.accept());
    await button(page, "Delete Kiosks").click();
    await row.waitFor({ state: "detached" });
  });

  it("grants an exception that takes a failure out of the score, and revokes it", async () => {
    const before = (await holdfast.getDevice()).latest[0];
    const scoreNow = async () => (await holdfast.getDevice()).latest[0]?.score;
    const page = await visitSignedIn("/exceptions");
    await button(page, "Grant exception").click();
    await page.getByLabel("Find the check").fill(failing.checkId);
    const choice = page.getByLabel("Check", { exact: true });
    const wanted = `${failing.checkId} ${failing.title}`;
    await choice.selectOption({ label: wanted });
    expect(await choice.getByRole("option", { name: wanted, exact: true }).count()).toBe(1);
    await page.getByLabel("Reason").fill("Needed by the router");
    await page.getByLabel("Until the end of").fill(inAMonth());
    await submit(page, "Grant");
    const row = rowOf(page, "Needed by the router");
    await row.getByText("in force").waitFor();
    expect(await row.textContent()).toContain("all devices");
    expect(await scoreNow()).toBeGreaterThan(before?.score ?? 100);
    await page.goto(`${holdfast.firstRun().url}${failingAddress()}`);
    await page.getByRole("img", { name: `Score ${(await scoreNow())?.toFixed(1)} of 100` }).waitFor();
    const finding = page.getByRole("listitem").filter({ hasText: failing.title });
    await finding.getByText(/^Excepted until .*: Needed by the router$/).waitFor();
    expect(await finding.getByRole("button", { expanded: true }).textContent()).toMatch(/Fail.*Excepted$/);

    await openPage(page, "Exceptions");
    await row.getByRole("button", { name: /^Revoke/ }).click();
    await row.getByText("revoked").waitFor();
    expect(await scoreNow()).toBe(before?.score);
  });

  it("requests a fix, shows what it would change, and takes a rejection", async () => {
    const page = await visitSignedIn(failingAddress());
    await button(page, "Request fix").click();
    await page.getByLabel("Reason").fill("Before the audit");
    await submit(page, "Request");
    await page.getByRole("link", { name: "Follow it under Remediations" }).click();
    const item = page.getByRole("listitem").filter({ hasText: `Apply ${failing.checkId}` });
    await item.getByText("Waiting for approval").waitFor();
    expect(await item.textContent()).toContain("Before the audit");
    await item.getByText("What will change").click();
    const key = failing.evidence.details[0]?.address.replace("sysctl:", "") ?? "";
    await item.getByText(key).first().waitFor();
    await button(page, "Reject").click();
    await page.getByLabel("Note").fill("Not this week");
    await submit(page, "Reject");
    await item.getByText("Cancelled", { exact: true }).waitFor();
    expect(await item.getByRole("button").count()).toBe(0);
    const { findings } = await holdfast.getFindings();
    expect(findings.find(({ checkId }) => checkId === failing.checkId)?.status).toBe("fail");
  });

  it("adds a person, who signs in and may not administer", async () => {
    const page = await visitSignedIn("/people");
    const person = { email: "reader@holdfast.local", password: "only to read 1" };
    await button(page, "Add person").click();
    await page.getByLabel("E-mail").fill(person.email);
    await page.getByLabel("Name").fill("A Reader");
    await page.getByLabel("First password").fill(person.password);
    await submit(page, "Add");
    await rowOf(page, person.email).getByText("viewer").waitFor();
    await button(page, "Sign out").click();
    await signInAs(page, person);
    await button(page, "Sign out").waitFor();
    await page.goto(`${holdfast.firstRun().url}/policies`);
    await page.getByRole("table", { name: "Policies" }).waitFor();
    expect(await button(page, "New policy").count()).toBe(0);
  });

  it("makes a token, shows it once, and revokes it", async () => {
    const page = await visitSignedIn("/people");
    await button(page, "New token").click();
    await page.getByLabel("Name").fill("Nightly export");
    await submit(page, "Make token");
    const token = await page.getByRole("dialog").getByRole("status").textContent();
    const asked = () =>
      fetch(`${holdfast.firstRun().url}/api/v1/devices`, { headers: { authorization: `Bearer ${token}` } });
    expect((await asked()).status).toBe(200);
    await button(page, "Done").click();
    const row = rowOf(page, "Nightly export");
    await row.waitFor();
    expect(await page.content()).not.toContain(token);
    page.once("dialog", (question) => void question.accept());
    await button(page, "Revoke Nightly export").click();
    await row.waitFor({ state: "detached" });
    expect((await asked()).status).toBe(401);
  });

  it("lists in the audit log what was done and who did it", async () => {
    const page = await visitSignedIn("/policies");
    await button(page, "New policy").click();
    await page.getByLabel("Name").fill("Short-lived");
    await page.getByLabel("Scan on schedule").uncheck();
    await submit(page, "Save");
    page.once("dialog", (question) => void question.accept());
    await button(page, "Delete Short-lived").click();
    await rowOf(page, "Short-lived").waitFor({ state: "detached" });
    await openPage(page, "Audit");
    const [, newest, older] = await page.getByRole("row").allTextContents();
    expect(newest).toContain(`${holdfast.firstRun().email}policy.delete`);
    expect(older).toContain(`${holdfast.firstRun().email}policy.create`);
    await page.getByLabel("Action").fill("policy.create");
    await rowOf(page, "policy.delete").first().waitFor({ state: "detached" });
    await page.getByLabel("Action").fill("no.such");
    await page.getByRole("heading", { name: "No entry matches" }).waitFor();
  });

  it.each(themes)("has no accessibility problem that can be found by machine, %s", async (theme) => {
    const page = await visitSignedIn("/policies", { theme });
    await throughPages(page, () => expectAccessible(page));
  });

  it("fits a telephone, and has no accessibility problem there", async () => {
    const page = await visitSignedIn("/policies", { width: 375 });
    await throughPages(page, async () => {
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
    });
  });
});

/** Looks at every page of administration and at every dialog that opens from it. */
async function throughPages(page: Page, look: () => Promise<void>): Promise<void> {
  for (const name of pages) {
    await openPage(page, name);
    await look();
    for (const opener of name in dialogs ? dialogs[name as keyof typeof dialogs] : []) {
      await button(page, opener).click();
      await page.getByRole("dialog").waitFor();
      await look();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "hidden" });
    }
  }
}

/** As a date field takes it. */
function inAMonth(): string {
  return new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
}
