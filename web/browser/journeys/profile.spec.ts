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

// Rule T2
test("days are counted in the zone of the profile and not of the device", async ({ page, ownCairn }) => {
  await page.clock.install();
  await signInAs(page, ownCairn, "Client");
  await page.goto(`${ownCairn.url}/profile`);
  await page.getByLabel("Time zone").selectOption("Asia/Tokyo");
  await page.getByLabel("Time zone").locator("xpath=ancestor::form").getByRole("button", { name: "Save" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-zone", "Asia/Tokyo");

  // A minute before a midnight of Tokyo, and a minute after it: in Berlin that is one day.
  const days = await page.evaluate(() => {
    const [hour, day] = [3_600_000, 86_400_000];
    const now = Number(document.documentElement.dataset["now"]);
    const midnight = Math.ceil((now + 57 * hour) / day) * day - 9 * hour;
    for (const at of [midnight - 60_000, midnight + 60_000]) {
      const time = document.createElement("time");
      time.dateTime = new Date(at).toISOString();
      time.dataset["relative"] = "";
      time.className = "of-the-test";
      document.querySelector("main")?.append(time);
    }
    return Math.round((midnight - (Math.floor((now + 9 * hour) / day) * day - 9 * hour)) / day);
  });
  await page.clock.fastForward(20_000);
  await expect(page.locator("time.of-the-test")).toHaveText([`in ${days - 1} days`, `in ${days} days`]);
});

// Rule T2
test("a start that comes while its page stands open is said to have begun", async ({ page, ownCairn }) => {
  await page.clock.install();
  await signInAs(page, ownCairn, "Client");
  await page.goto(`${ownCairn.url}/profile`);

  // Half a minute into the next minute, an hour before one start and in the minute of another.
  const rest = await page.evaluate(() => {
    const minute = 60_000;
    const now = Number(document.documentElement.dataset["now"]);
    const begun = Math.floor(now / minute) * minute;
    for (const at of [begun + 61 * minute, begun + minute]) {
      const time = document.createElement("time");
      time.dateTime = new Date(at).toISOString();
      time.dataset["relative"] = "";
      time.className = "of-the-test";
      document.querySelector("main")?.append(time);
    }
    return begun + 1.5 * minute - now;
  });
  await page.clock.fastForward(rest);
  await expect(page.locator("time.of-the-test")).toHaveText(["in 60 minutes", "now"]);
  await page.clock.fastForward(180_000);
  await expect(page.locator("time.of-the-test")).toHaveText(["in 57 minutes", "began 3 minutes ago"]);
});
