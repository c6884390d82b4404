import { expect, signInAs, test } from "../support/test.ts";

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("all of it works without scripts", async ({ page, ownCairn }) => {
    await signInAs(page, ownCairn, "Coach");
    await page.goto(`${ownCairn.url}/profile`);
    await page.getByLabel("Name", { exact: true }).fill("Ada Without Scripts");
    await page.getByRole("button", { name: "Save" }).first().click();
    await expect(page.getByRole("button", { name: "Ada Without Scripts, your account" })).toBeVisible();
    await page.getByRole("button", { name: "Deutsch" }).click();
    await expect(page.locator("html")).toHaveAttribute("lang", "de");
  });
});

test("a keyboard is enough to come in", async ({ page, cairn }) => {
  await page.goto(`${cairn.url}/sign-in`);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("Your e-mail").first()).toBeFocused();
  await page.keyboard.type("somebody@example.org");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Look into your mail." })).toBeVisible();
});

test("a keyboard opens the account menu and signs out", async ({ page, cairn }) => {
  await signInAs(page, cairn, "Coach");
  await page.getByRole("button", { name: /your account$/ }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Sign out", exact: true })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Sign out", exact: true })).toBeHidden();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Sign out", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: /your account$/ })).toHaveCount(0);
});
