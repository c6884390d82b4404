// A cohort's board in the living example: it is narrowed, walked through by keys, acted on in place, and whoever has
// something to book is reminded with a look at the mail first.
import type { Browser, Page } from "@playwright/test";
import { expect, expectAccessible, expectNoSidewaysScroll, type Program, test } from "../support/test.ts";

/** Somebody of the example, at an address of their own. */
async function somebody(browser: Browser, cairn: Program, slug: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${cairn.urlOf(slug)}/`);
  await page.getByRole("button", { name: /^Sign in as/ }).first().click();
  await expect(page.getByRole("button", { name: /your account$/ })).toBeVisible();
  return page;
}

/** The board of the first cohort that somebody finds in a participant's page. */
async function board(page: Page, cairn: Program, slug: string): Promise<string> {
  const said = cairn.run("token", "create", "--person", `${slug}@tarnfell.example`, "--scopes", "audit:read");
  const token = /\S{20,}\s*$/.exec(said.trim())?.[0]?.trim() ?? "";
  const headers = { authorization: `Bearer ${token}` };
  let cursor = "";
  for (;;) {
    const answer = await fetch(`${cairn.url}/api/v1/audit?kind=cohort_added&cursor=${cursor}`, { headers });
    const log = (await answer.json()) as { items: { subject: string }[]; next: string | null };
    const cohort = log.items.map((line) => JSON.stringify(line)).join(" ").match(/coh_[0-9a-z]{13}/);
    if (cohort) return `${page.url().replace(/\/[^/]*$/, "")}/cohorts/${cohort[0]}`;
    if (!log.next) throw new Error("the example has no cohort");
    cursor = log.next;
  }
}

test("a board is narrowed, walked by keys and acted on in place", async ({ browser, cairn }) => {
  const page = await somebody(browser, cairn, "otto");
  const address = await board(page, cairn, "otto");
  await page.goto(address);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);

  const legend = page.getByRole("navigation", { name: "Show only" });
  await legend.getByRole("link", { name: /^Missed/ }).click();
  await expect(page).toHaveURL(/status=missed/);
  await legend.getByRole("link", { name: /^Missed/ }).click();
  await expect(page).not.toHaveURL(/status=/);

  const cells = page.locator("table.board tbody tr").first().locator("a.cell");
  await cells.first().focus();
  await page.keyboard.press("ArrowRight");
  await expect(cells.nth(1)).toBeFocused();
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  const menu = page.locator("#cell-menu");
  await expect(menu).toBeVisible();
  await expect(menu.getByRole("link", { name: "Open the session" })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(menu).toBeHidden();
  await expect(cells.first()).toBeFocused();

  // What is done in the menu leads back here.
  await page.locator('a.cell[data-status="unbooked"]').first().click();
  await menu.getByRole("button", { name: "Grey out" }).click();
  await expect(page).toHaveURL(address);
  await expect(page.getByRole("status")).toContainText(/greyed out|disabled|place/i);

  await page.locator("table.board tbody th a").first().click();
  await expect(page).toHaveURL(/\/participants\/par_/);
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});

test("those who have something to book are reminded after a look at the mail", async ({ browser, cairn }) => {
  const page = await somebody(browser, cairn, "otto");
  const address = await board(page, cairn, "otto");
  await page.goto(address);
  await page.getByRole("link", { name: /^Remind \d+ (person|people)$/ }).click();
  await expect(page.getByRole("heading", { name: "Who gets it" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "What it says" })).toBeVisible();
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
  await page.getByRole("button", { name: /^Send \d+ reminder/ }).click();
  await expect(page.getByRole("status")).toContainText("on their way");
  await page.goto(`${address}/reminders`);
  await expect(page.getByText("Reminded within the last 24 hours")).toBeVisible();
});

test("a board fits into 320 pixels and stacks a block for each person", async ({ browser, cairn }) => {
  const page = await somebody(browser, cairn, "otto");
  const address = await board(page, cairn, "otto");
  await page.setViewportSize({ width: 320, height: 700 });
  await page.goto(address);
  await expectNoSidewaysScroll(page);
  await expect(page.locator("table.board thead")).toBeHidden();
  await expect(page.locator("table.board a.cell").first()).toBeVisible();
});
