import { expect, signInAs, test } from "../support/test.ts";

// Rules P1, P2, M7
test("a link from a mail signs in by its button, once", async ({ page, cairn }) => {
  await signInAs(page, cairn, "Coach");
  await page.goto(`${cairn.url}/profile`);
  const mail = await page.locator(".field", { hasText: "E-mail" }).locator("span").nth(1).textContent();
  await page.getByRole("button", { name: /your account$/ }).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(page.getByRole("button", { name: /your account$/ })).toHaveCount(0);

  await page.goto(`${cairn.url}/sign-in`);
  await page.getByLabel("Your e-mail").first().fill(mail ?? "");
  await page.getByRole("button", { name: "Send me the link" }).click();
  await expect(page.getByRole("heading", { name: "Look into your mail." })).toBeVisible();

  // The newest may be somebody else's, who asked a moment before.
  await expect(async () => {
    await page.goto(`${cairn.url}/mailbox`);
    await page.getByRole("link", { name: /Your link to sign in/ }).first().click({ timeout: 1000 });
    await expect(page.getByRole("article")).toContainText(mail ?? "", { timeout: 1000 });
  }).toPass();
  const link = await page.frameLocator("iframe").getByRole("link", { name: /sign in/i }).first().getAttribute("href");
  await page.goto(link ?? "");
  await page.reload(); // a mail program that looks at the link first uses nothing up
  await page.getByRole("button", { name: /^Sign in as/ }).click();
  await expect(page.getByRole("button", { name: /your account$/ })).toBeVisible();
  await page.goto(link ?? "");
  await expect(page.getByRole("heading", { name: "This link has been used." })).toBeVisible();
});
