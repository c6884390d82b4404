// A pathway is written, people are brought in on it, and one of them chooses a coach: what an admin and a participant do
// with their own hands, in the living example.
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

// Rules G1, G6
test("an admin writes a pathway, brings people in, and one of them chooses a coach", async ({ browser, ownCairn }) => {
  const otto = await somebody(browser, ownCairn, "otto");
  const home = otto.url().replace(/\/$/, "");
  await otto.goto(`${home}/pathways/new`);
  await otto.getByLabel("Name of the pathway").fill("First hundred days");
  await otto.getByLabel("Name of the step").fill("Arriving");
  await otto.getByRole("button", { name: "Add a step" }).click();
  await otto.getByLabel("Name of the step").nth(1).fill("First decisions");
  await otto.getByLabel("From week").nth(1).fill("3");
  await otto.getByRole("button", { name: /^Move up: Step 2/ }).click();
  await expect(otto.getByLabel("Name of the step").first()).toHaveValue("First decisions");
  await otto.getByRole("button", { name: /^Move down: Step 1/ }).click();
  await expectAccessible(otto);
  await expectNoSidewaysScroll(otto);
  await otto.getByRole("button", { name: "Make the pathway" }).click();
  await expect(otto.getByRole("heading", { level: 1 })).toHaveText("First hundred days");
  await expectAccessible(otto);

  await otto.goto(`${home}/programs`);
  await otto.getByRole("link", { name: "New leads" }).first().click();
  await otto.getByLabel("Name of the cohort").fill("Newcomers");
  await otto.getByLabel("First day").fill("2031-01-06");
  await otto.getByLabel("Pathway").selectOption({ label: "First hundred days" });
  await otto.getByRole("button", { name: "Add a cohort" }).click();
  await expect(otto.getByRole("heading", { level: 1 })).toHaveText("Newcomers");
  const cohort = otto.url();

  await otto.goto(`${home}/imports`);
  await expectAccessible(otto);
  const rows = [
    "name,e-mail,company,project,cohort",
    "Kit Varga,kit@kestrel-vane.example,Kestrel & Vane Instruments,New leads,Newcomers",
    "Ruth Osei,ruth@kestrel-vane.example,Kestrel & Vane Instruments,New leads,Newcomers",
  ];
  const buffer = Buffer.from(`${rows.join("\n")}\n`);
  await otto.getByLabel("CSV file").setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer });
  await otto.getByRole("button", { name: "Look at it first" }).click();
  await expect(otto.getByText("2 new, 0 changed, 0 unchanged")).toBeVisible({ timeout: 20_000 });
  await expectAccessible(otto);
  await otto.getByRole("button", { name: "Bring them in" }).click();
  await expect(otto.getByRole("heading", { level: 1 })).toHaveText("All of them are in", { timeout: 20_000 });

  await otto.goto(`${cohort}/coaches`);
  await otto.getByLabel("Coach", { exact: true }).selectOption({ index: 0 });
  await otto.getByLabel("Places", { exact: true }).fill("1");
  await otto.getByRole("button", { name: "Put a coach into the pool" }).click();
  await expect(otto.getByText("0 of 1 places taken")).toBeVisible();
  await expectAccessible(otto);
  await expectNoSidewaysScroll(otto);

  const link = /\/sign-in\/link\/\S+/.exec(ownCairn.run("person", "link", "kit@kestrel-vane.example"));
  const kit = await (await browser.newContext()).newPage();
  await kit.goto(`${ownCairn.url}${link?.[0] ?? ""}`);
  await kit.getByRole("main").getByRole("button").first().click();
  await kit.getByRole("link", { name: "Look at the coaches" }).click();
  await expect(kit.getByRole("heading", { level: 1 })).toHaveText("Choose your coach");
  await expectAccessible(kit);
  await expectNoSidewaysScroll(kit);
  await kit.getByRole("button", { name: /^Choose / }).first().click();
  await expect(kit.getByRole("heading", { level: 1 })).toContainText("Book step 1");

  await otto.reload();
  await expect(otto.getByText("1 of 1 places taken")).toBeVisible();
  await expect(otto.getByRole("main")).toContainText("Ruth Osei");
});
