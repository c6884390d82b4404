import { Program, expect, setUp, test } from "../support/test.ts";

// Rule P6
test("the printed link makes the first admin of a trial", async ({ page }) => {
  const trial = await Program.start("serve", "--trial");
  try {
    const link = await setUp(page, trial);
    await expect(page.getByText("This is a trial.")).toBeVisible();
    await page.goto(link);
    await expect(page.getByRole("heading", { name: "This instance has been set up." })).toBeVisible();
  } finally {
    await trial.stop();
  }
});
