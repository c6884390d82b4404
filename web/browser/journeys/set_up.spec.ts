import { Program, expect, test } from "../support/test.ts";

// Rule P6
test("the printed link makes the first admin of a trial", async ({ page }) => {
  const trial = await Program.start("serve", "--trial");
  try {
    const link = /http:\/\/\S+\/set-up\/\S+/.exec(trial.output)?.[0] ?? "";
    await page.goto(link);
    await page.getByLabel("Name of your organisation").fill("Stone & Path");
    await page.getByLabel("Your name").fill("Otto Frank");
    await page.getByLabel("Your e-mail").fill("otto@example.org");
    await page.getByLabel("Password").fill("seven grey stones by the river");
    await page.getByRole("button", { name: "Set up and sign in" }).click();
    await expect(page.getByRole("button", { name: "Otto Frank, your account" })).toBeVisible();
    await expect(page.getByText("This is a trial.")).toBeVisible();
    await expect(page.getByLabel("Time zone")).toHaveCount(0);
    await page.goto(link);
    await expect(page.getByRole("heading", { name: "This instance has been set up." })).toBeVisible();
  } finally {
    await trial.stop();
  }
});
