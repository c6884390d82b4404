import { expect, signInAs, test } from "../support/test.ts";

// Rules P3, P5, M7
test("an admin invites somebody, changes their roles and reads of it in the log", async ({ page, ownCairn }) => {
  await signInAs(page, ownCairn, "Admin");
  await page.goto(`${ownCairn.url}/people`);
  await page.getByRole("link", { name: "Invite somebody" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Mira Okafor");
  await page.getByLabel("E-mail").fill("mira@example.org");
  await page.getByRole("checkbox", { name: /^Coach/ }).check();
  await page.getByRole("button", { name: "Send the invitation" }).click();
  await expect(page.getByRole("heading", { name: "Mira Okafor" })).toBeVisible();

  await page.getByRole("checkbox", { name: /^Program lead/ }).check();
  await page.getByRole("button", { name: "Save the roles" }).click();
  await expect(page.getByRole("checkbox", { name: /^Program lead/ })).toBeChecked();

  await page.goto(`${ownCairn.url}/audit`);
  await expect(page.getByRole("main")).toContainText("Mira Okafor");
  await page.goto(`${ownCairn.url}/mailbox`);
  await expect(page.getByRole("main")).toContainText("mira@example.org");
});

// Rule M2
test("an admin sends a mail again that was given up", async ({ page, ownCairn }) => {
  await signInAs(page, ownCairn, "Admin");
  await page.goto(`${ownCairn.url}/mail-queue`);
  await expect(page.getByText("Some mails were given up")).toBeVisible();
  const retries = page.getByRole("button", { name: "Try again now" });
  const before = await retries.count();
  await retries.first().click();
  await expect(retries).toHaveCount(before - 1);
});
