// A session is added to the journey of one participant, who is offered it at home beside the next step.
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

// Rule G11
test("a lead adds a session to one journey, and its participant books it", async ({ browser, ownCairn }) => {
  const lea = await somebody(browser, ownCairn, "lea");
  await lea.goto(`${ownCairn.urlOf("lea")}/people?q=Ben`);
  await lea.getByRole("main").getByRole("link", { name: "Ben Oyelarin" }).first().click();
  await lea.getByRole("main").getByRole("link", { name: "Leading through change" }).click();
  await lea.getByRole("link", { name: "Add a session" }).click();
  await expectAccessible(lea);
  await expectNoSidewaysScroll(lea);
  await lea.getByLabel("What it is called").fill("One more look back");
  await lea.getByRole("button", { name: "Add it" }).click();
  await expect(lea.getByRole("status")).toContainText("It waits for a time");

  const ben = await somebody(browser, ownCairn, "ben");
  await ben.goto(`${ownCairn.urlOf("ben")}/`);
  await expect(ben.getByRole("region", { name: "Book step 7" })).toBeVisible();
  const added = ben.getByRole("region", { name: "Book your added session" });
  await expect(added).toContainText("One more look back");
  await expectAccessible(ben);
  await expectNoSidewaysScroll(ben);
  await added.getByRole("link", { name: /\d\d:\d\d/ }).first().click();
  const agreement = ben.getByRole("checkbox", { name: /coaching agreement/ });
  if (await agreement.count()) await agreement.check();
  await ben.getByRole("button", { name: "Book it" }).click();
  await expect(ben.getByRole("main")).toContainText("Booked");

  await lea.reload();
  await expect(lea.getByRole("main")).toContainText("One more look back: Booked by Ben Oyelarin");
});
