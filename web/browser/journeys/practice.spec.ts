import { Program, expect, expectAccessible, expectNoSidewaysScroll, setUp, test } from "../support/test.ts";

// Rules C1, C2, A1
test("a coach sets up from nothing and a stranger sees free times", async ({ page, browser }) => {
  test.slow();
  const trial = await Program.start("serve", "--trial");
  try {
    await setUp(page, trial);
    await page.goto(`${trial.url}/people/new`);
    await page.getByLabel("Name", { exact: true }).fill("Nina Sander");
    await page.getByLabel("E-mail").fill("nina@example.org");
    await page.getByRole("checkbox", { name: /^Coach/ }).check();
    await page.getByRole("button", { name: "Send the invitation" }).click();
    await expect(page.getByRole("heading", { name: "Nina Sander" })).toBeVisible();
    const link = trial.run("person", "link", "nina@example.org");

    // The new coach, in a browser of their own.
    const window = await browser.newContext({ baseURL: trial.url, timezoneId: "Europe/Berlin", locale: "en-GB" });
    const coach = await window.newPage();
    await coach.goto(trial.url + new URL(/http:\/\/\S+/.exec(link)?.[0] ?? trial.url).pathname);
    await coach.getByRole("main").getByRole("button").first().click();
    await expect(coach.getByRole("heading", { name: "Set up your practice" })).toBeVisible();
    await expectAccessible(coach);
    await coach.getByRole("link", { name: "Go on setting up" }).click();
    await expectAccessible(coach);
    await coach.getByRole("link", { name: "Next step" }).click();

    await coach.getByLabel("Headline").fill("For people who lead for the first time");
    await coach.getByLabel("About you").fill("Calm before clever.");
    await coach.getByLabel("Specialities").fill("new leaders, conflict");
    await coach.getByRole("checkbox", { name: "Deutsch", exact: true }).check();
    await expectAccessible(coach);
    await coach.getByRole("button", { name: "Save and go on" }).click();

    await expect(coach.getByRole("heading", { name: "Offerings" })).toBeVisible();
    await expectAccessible(coach);
    await coach.getByRole("listitem").filter({ hasText: "60 minutes" }).getByRole("link", { name: /^Change/ }).click();
    await coach.getByLabel("Price").fill("120");
    await coach.getByRole("checkbox", { name: /^Clients can book this/ }).check();
    await coach.getByLabel("At least so many hours ahead").fill("1");
    await expectAccessible(coach);
    await coach.getByRole("button", { name: "Save", exact: true }).click();
    await expect(coach.getByRole("listitem").filter({ hasText: "60 minutes" })).toContainText("120");

    await coach.goto(`${trial.url}/practice/hours`);
    await coach.getByRole("button", { name: "Add a range: Saturday" }).click();
    await expect(coach.getByText("Not saved yet.")).toBeVisible();
    await coach.getByLabel("Saturday, range 1: From").fill("10:00");
    await coach.getByLabel("Saturday, range 1: Until").fill("12:00");
    await coach.getByRole("button", { name: "Add a range: Saturday" }).click();
    await expect(coach.getByLabel("Saturday, range 1: From")).toHaveValue("10:00");
    await coach.getByLabel("Saturday, range 2: From").fill("13:00");
    await coach.getByLabel("Saturday, range 2: Until").fill("16:00");
    await coach.getByRole("button", { name: "Save the week" }).last().click();
    await expect(coach.getByText("Your hours are saved.")).toBeVisible();
    await expect(coach.getByLabel("Saturday, range 2: From")).toHaveValue("13:00");
    await expectAccessible(coach);
    await expectNoSidewaysScroll(coach);

    await coach.goto(`${trial.url}/practice/share`);
    await expectAccessible(coach);
    const address = await coach.getByLabel("Address of your page").inputValue();
    await coach.getByRole("button", { name: "List my page" }).click();
    await expect(coach.getByRole("button", { name: "Take my page off the directory" })).toBeVisible();
    await expectAccessible(coach);
    await window.close();

    // A stranger finds the page in the directory, with times.
    const street = await browser.newContext({ timezoneId: "Europe/Lisbon", locale: "en-GB" });
    const stranger = await street.newPage();
    await stranger.goto(`${trial.url}/coaches`);
    await stranger.getByRole("link", { name: "Nina Sander" }).first().click();
    expect(new URL(stranger.url()).pathname).toBe(new URL(address).pathname);
    await expect(stranger.getByText("For people who lead for the first time").first()).toBeVisible();
    await expect(stranger.getByRole("link", { name: /\d\d:\d\d/ }).first()).toBeVisible();
    await street.close();
  } finally {
    await trial.stop();
  }
});
