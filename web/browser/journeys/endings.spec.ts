// The end of journeys in the living example: a lead completes one and its survey is answered on a phone, somebody who has
// gone quiet is put away and brought back, and sponsors are told after a look at the message.
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

// Rule G7
test("a lead completes a journey, and its survey is answered on a phone", async ({ browser, ownCairn }) => {
  const lea = await somebody(browser, ownCairn, "lea");
  await lea.getByRole("link", { name: /^Decide ?: Hedda Nilsvik/ }).click();
  await expect(lea.getByRole("heading", { level: 1 })).toHaveText("Complete the journey of Hedda Nilsvik");
  await expect(lea.getByText("In a quarter of an hour")).toBeVisible();
  await expectAccessible(lea);
  await expectNoSidewaysScroll(lea);
  await lea.getByRole("button", { name: "Mark complete" }).click();
  await expect(lea.getByRole("status")).toContainText("The survey goes out");

  const otto = await somebody(browser, ownCairn, "otto");
  const token = ownCairn.run("token", "create", "--person", "otto@tarnfell.example", "--scopes", "clock:write");
  const bearer = /\S{20,}\s*$/.exec(token.trim())?.[0]?.trim() ?? "";
  const headers = { authorization: `Bearer ${bearer}`, "content-type": "application/json" };
  const moved = await fetch(`${ownCairn.url}/api/v1/clock`, { method: "POST", headers, body: '{"advance":"PT20M"}' });
  expect(moved.ok).toBe(true);

  const phone = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
  await otto.goto(`${ownCairn.urlOf("otto")}/mailbox`);
  await otto.getByText(/^How was /).first().click();
  const link = await otto.frameLocator("iframe").getByRole("link", { name: "Answer the questions" }).getAttribute("href");
  await phone.goto(`${ownCairn.url}${new URL(link ?? "").pathname}`);
  await expect(phone.getByRole("heading", { name: "How was it?" })).toBeVisible();
  await expectNoSidewaysScroll(phone);
  await expectAccessible(phone);
  await phone.getByRole("radio", { name: "5" }).first().check();
  await phone.getByRole("button", { name: "Send the answers" }).click();
  await expect(phone.getByRole("heading", { name: "Thank you" })).toBeVisible();
});

// Rule G8
test("an idle participant is put away and brought back", async ({ browser, ownCairn }) => {
  const lea = await somebody(browser, ownCairn, "lea");
  await lea.goto(`${ownCairn.urlOf("lea")}/inactive`);
  await expectAccessible(lea);
  await expectNoSidewaysScroll(lea);
  await lea.getByRole("link", { name: "Put away: Jorun Vang" }).click();
  await expect(lea.getByRole("heading", { level: 1 })).toHaveText("Put one person away");
  await expectAccessible(lea);
  await lea.getByLabel("Reason").fill("No time for it this year.");
  await lea.getByRole("button", { name: "Put away" }).click();
  await expect(lea.getByRole("status")).toContainText("Put away.");
  await lea.getByRole("button", { name: "Bring back" }).click();
  await expect(lea.getByRole("status")).toContainText("They are back.");
});

// Rule G9
test("the sponsors are told after a look at the message", async ({ browser, ownCairn }) => {
  const lea = await somebody(browser, ownCairn, "lea");
  await lea.getByRole("link", { name: /^Tell the sponsors ?:/ }).click();
  await expect(lea.getByText("Ivar Stensrud").first()).toBeVisible();
  await expect(lea.getByText("Ylva Halvorsen")).toBeVisible();
  await expectAccessible(lea);
  await expectNoSidewaysScroll(lea);
  await expect(lea.getByText(/no dates, no reasons/).first()).toBeVisible();
  await lea.getByRole("textbox", { name: "A note of yours" }).fill("Please speak to Jorun.");
  await lea.getByRole("button", { name: "Send the message" }).click();
  await expect(lea.getByText(/The note names somebody/)).toBeVisible();
  await lea.getByRole("textbox", { name: "A note of yours" }).fill("Thank you for your help.");
  await lea.getByRole("button", { name: "Send the message" }).click();
  await expect(lea.getByRole("status")).toContainText("on its way");
});
