import { expect, expectAccessible, expectNoSidewaysScroll, test } from "../support/test.ts";

// Rules G1, B3
test("a participant books the next step from home, and the one after it opens", async ({ page, ownCairn }) => {
  await page.goto(`${ownCairn.url}/demo`);
  await page.getByRole("button", { name: /Ben Oyelarin/ }).first().click();
  await expect(page.getByRole("button", { name: /your account$/ })).toBeVisible();
  await page.goto(`${ownCairn.url}/`);
  const step = page.getByRole("region", { name: "Book step 7" });
  await expect(page.getByRole("main")).toContainText("Opens when step 7 is booked");
  await step.getByRole("link", { name: "More times" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Book");
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);

  await page.locator("a.slot").first().click();
  await expect(page.getByRole("region", { name: "If you book it" })).toContainText("One mail each goes to you and Ada");
  const agreement = page.getByRole("checkbox", { name: /coaching agreement/ });
  if (await agreement.count()) await agreement.check();
  await page.getByRole("button", { name: "Book it" }).click();
  await expect(page.getByRole("main")).toContainText("Booked");

  await page.goto(`${ownCairn.url}/`);
  await expect(page.getByRole("region", { name: "Book step 8" })).toBeVisible();
  await expectAccessible(page);
});
