// Mail by rule in the living example: a lead changes what a rule says, reads it as for somebody, sees who would get it, has
// it sent to herself; then time passes, and one mail comes, once.
import type { Page } from "@playwright/test";
import { expect, expectAccessible, expectNoSidewaysScroll, type Program, test } from "../support/test.ts";

async function signIn(page: Page, cairn: Program, slug: string): Promise<void> {
  await page.goto(`${cairn.urlOf(slug)}/`);
  await page.getByRole("button", { name: /^Sign in as/ }).first().click();
  await expect(page.getByRole("button", { name: /your account$/ })).toBeVisible();
}

/** Moves the clock by so long, as an admin's program does. */
async function pass(cairn: Program, length: string): Promise<void> {
  const said = cairn.run("token", "create", "--person", "otto@tarnfell.example", "--scopes", "clock:write");
  const token = /\S{20,}\s*$/.exec(said.trim())?.[0]?.trim() ?? "";
  const answer = await fetch(`${cairn.url}/api/v1/clock`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ advance: length }),
  });
  expect(answer.status).toBe(200);
}

test("a lead changes a rule, sees whom it reaches and tests it, and time sends it once", async ({ browser, ownCairn }) => {
  const page = await (await browser.newContext()).newPage();
  await signIn(page, ownCairn, "lea");
  await page.goto(`${ownCairn.urlOf("lea")}/triggers`);
  await expect(page.getByRole("heading", { name: "Mails", level: 1 })).toBeVisible();
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);

  await page.getByRole("link", { name: /has been Unbooked for 14 days/ }).first().click();
  await expect(page.getByRole("heading", { name: "Who would get it now" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "The next 7 days" })).toBeVisible();
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);

  // The preview follows what is typed.
  const english = page.getByRole("group", { name: "Text in English" });
  await english.getByLabel("Subject").fill("A word about {{ step }}");
  await expect(page.locator("#preview")).toContainText("A word about");
  await page.getByRole("button", { name: "Send me a test" }).click();
  await expect(page.getByRole("status")).toContainText("on its way");
  await english.getByLabel("Subject").fill("Shall we find a time?");
  await page.getByRole("button", { name: "Save the rule" }).click();
  await expect(page.getByText(/^Version 2, Lea/)).toBeVisible();

  const mailbox = await (await browser.newContext()).newPage();
  await mailbox.goto(`${ownCairn.url}/mailbox`);
  await expect(mailbox.getByRole("link").filter({ hasText: "A word about" })).toHaveCount(1);
  await expect(mailbox.getByRole("link").filter({ hasText: "Shall we find a time?" })).toHaveCount(0);

  // A rule of one's own: whoever has a step without a time is written to after a day, once.
  await page.goto(`${ownCairn.urlOf("lea")}/triggers/new?condition=next_not_booked`);
  await page.getByRole("spinbutton", { name: "After", exact: true }).fill("1");
  await page.getByRole("group", { name: "Text in English" }).getByLabel("Subject").fill("What comes next, {{ first_name }}");
  await page.getByRole("button", { name: "Save the rule" }).click();
  await expect(page.getByRole("status")).toContainText("The rule is there");
  await page.getByText("Versions").first().waitFor();
  await pass(ownCairn, "P1DT1H");
  await mailbox.reload();
  const once = await mailbox.getByRole("link").filter({ hasText: "What comes next" }).count();
  await pass(ownCairn, "P2D");
  await mailbox.reload();
  await expect(mailbox.getByRole("link").filter({ hasText: "What comes next" })).toHaveCount(once);
});
