import { expect, signInAs, test } from "../support/test.ts";

// Rules T2, M8
test("a profile takes a name, a photo, a clock and a language", async ({ page, ownCairn }) => {
  await signInAs(page, ownCairn, "Client");
  await page.goto(`${ownCairn.url}/profile`);

  await page.getByLabel("Name", { exact: true }).fill("Benjamin Ámos");
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect(page.getByRole("button", { name: "Benjamin Ámos, your account" })).toBeVisible();

  const picture = await page.screenshot();
  await page.getByLabel("Choose a picture").setInputFiles({ name: "me.png", mimeType: "image/png", buffer: picture });
  await page.getByRole("button", { name: "Use this picture" }).click();
  await expect(page.getByRole("button", { name: "Remove the photo" })).toBeVisible();
  const photo = page.locator(".photo-edit img");
  expect(await photo.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);

  await page.getByLabel("Time zone").selectOption("America/New_York");
  await page.getByText("4:30 pm").click();
  await page.getByLabel("Time zone").locator("xpath=ancestor::form").getByRole("button", { name: "Save" }).click();
  await expect(page.getByLabel("Time zone")).toHaveValue("America/New_York");
  await expect(page.getByRole("radio", { name: "4:30 pm" })).toBeChecked();

  await page.getByLabel("Language").last().selectOption("de");
  await page.getByLabel("Language").last().locator("xpath=ancestor::form").getByRole("button", { name: "Save" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
});

// Rule M8
test("somebody not signed in reads the door in German", async ({ page, cairn }) => {
  await page.goto(`${cairn.url}/sign-in`);
  await page.getByRole("button", { name: "Deutsch" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
});
