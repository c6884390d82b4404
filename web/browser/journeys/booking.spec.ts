import type { Page } from "@playwright/test";
import { complaintsOf, expect, expectAccessible, expectNoSidewaysScroll, type Program, signInAs, test } from "../support/test.ts";

/** The first coach of the directory. */
async function anyCoach(page: Page, cairn: Program): Promise<string> {
  await page.goto(`${cairn.url}/coaches`);
  return (await page.getByRole("heading", { level: 2 }).getByRole("link").first().getAttribute("href")) ?? "";
}

/** What the newest mail that asks for a press leads to. */
async function mailedLink(page: Page, cairn: Program): Promise<string> {
  const elsewhere = await page.context().browser()?.newContext();
  if (!elsewhere) throw new Error("no browser");
  const mailbox = await elsewhere.newPage();
  await expect(async () => {
    await mailbox.goto(`${cairn.url}/mailbox`);
    await mailbox.getByRole("link").filter({ hasText: "Confirm:" }).first().click({ timeout: 1000 });
  }).toPass();
  const frame = mailbox.frameLocator("iframe");
  const link = await frame.locator('a[href*="/bookings/"]').first().getAttribute("href");
  await elsewhere.close();
  return link ?? "";
}

async function type(page: Page, name: string, mail: string): Promise<void> {
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Your e-mail").fill(mail);
}

/** From a coach's page until it is booked; every address on the way is a page. */
async function bookAnIntro(page: Page, cairn: Program, name: string): Promise<void> {
  const mail = `${name.toLowerCase()}@elsewhere.example`;
  const coach = await anyCoach(page, cairn);
  const pages = new Set<string>();
  page.on("framenavigated", (frame) => {
    if (frame === page.mainFrame()) pages.add(new URL(frame.url()).pathname);
  });
  await page.goto(cairn.url + coach);
  await expectNoSidewaysScroll(page);
  await page.getByRole("list").filter({ has: page.locator("a.slot") }).first().getByRole("link").last().click();
  await type(page, name, mail);
  expect(await page.locator("form#book [required]").count()).toBeLessThanOrEqual(4);
  await expectAccessible(page);
  await page.getByRole("button", { name: /^Book / }).click();
  await expect(page.getByRole("heading", { name: "Look into your mail." })).toBeVisible();
  await expectAccessible(page);
  await page.goto(await mailedLink(page, cairn));
  await page.reload(); // a mail program that looks first books nothing
  await expectAccessible(page);
  await page.getByRole("button", { name: /^Book / }).click();
  await expect(page.getByText("Booked.", { exact: true })).toBeVisible();
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await expect(page.getByRole("button", { name: `${name}, your account` })).toBeVisible();
  expect(pages.size, [...pages].join(", ")).toBeLessThanOrEqual(4);
}

// Rules B1, B7
test("a stranger books an intro in at most four pages and four inputs", async ({ page, context, ownCairn }) => {
  const complaints = complaintsOf(context);
  await bookAnIntro(page, ownCairn, "Tess");
  expect(complaints).toEqual([]);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  // Rules B1, B7
  test("a stranger books an intro without scripts", async ({ page, ownCairn }) => {
    const coach = await anyCoach(page, ownCairn);
    await page.goto(`${ownCairn.url}${coach}`);
    await page.locator("a.slot").first().click();
    await type(page, "Una", "una@elsewhere.example");
    expect(await page.locator("form#book [required]").count()).toBeLessThanOrEqual(4);
    await page.getByRole("button", { name: /^Book / }).click();
    await expect(page.getByRole("heading", { name: "Look into your mail." })).toBeVisible();
    await page.goto(await mailedLink(page, ownCairn));
    await page.getByRole("button", { name: /^Book / }).click();
    await expect(page.getByText("Booked.", { exact: true })).toBeVisible();
  });
});

// Rule A5
test("who loses a race keeps what was typed and books another time with one press", async ({ page, browser, ownCairn }) => {
  const coach = await anyCoach(page, ownCairn);
  await page.goto(`${ownCairn.url}${coach}`);
  await page.locator("a.slot").first().click();
  await type(page, "Tess", "tess@elsewhere.example");
  await page.getByLabel(/What should be different/).fill("A hard talk on Monday");

  const other = await (await browser.newContext()).newPage();
  await other.goto(page.url());
  await type(other, "Tom", "tom@elsewhere.example");
  await other.getByRole("button", { name: /^Book / }).click();
  await expect(other.getByRole("heading", { name: "Look into your mail." })).toBeVisible();
  await other.context().close();

  await page.getByRole("button", { name: /^Book / }).click();
  await expect(page.getByRole("alert")).toContainText("Somebody was faster.");
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await expect(page.getByLabel(/What should be different/)).toHaveValue("A hard talk on Monday");
  await page.getByRole("alert").getByRole("button").first().click();
  await expect(page.getByRole("heading", { name: "Look into your mail." })).toBeVisible();
});

// Rule T2
test("times stand on the clock of the browser, until another place is chosen", async ({ page, cairn }) => {
  const coach = await anyCoach(page, cairn);
  await page.goto(`${cairn.url}${coach}`);
  await expect(page.getByText(/^Times in Berlin/)).toBeVisible();
  await page.getByRole("link", { name: "Change" }).click();
  await page.getByLabel("Your time zone").selectOption("Asia/Tokyo");
  await page.getByRole("button", { name: "Show times there" }).click();
  await expect(page.getByText(/^Times in Tokyo/)).toBeVisible();
});

test("what was typed stays when another time is chosen", async ({ page, cairn }) => {
  const coach = await anyCoach(page, cairn);
  await page.goto(`${cairn.url}${coach}`);
  await page.locator("a.slot").first().click();
  await type(page, "Tess", "tess@elsewhere.example");
  const first = page.url();
  await page.locator(".slots a.slot").last().click();
  await expect(page).not.toHaveURL(first);
  await expect(page.getByLabel("Your name")).toHaveValue("Tess");
  await page.goBack();
  await expect(page.getByLabel("Your e-mail")).toHaveValue("tess@elsewhere.example");
});

// Rule B6
test("a client books a series", async ({ page, ownCairn }) => {
  await signInAs(page, ownCairn, "Client");
  const coach = await anyCoach(page, ownCairn);
  await page.goto(`${ownCairn.url}${coach}`);
  const choice = page.locator("a.choice").last();
  await choice.click();
  await expect(choice).toHaveAttribute("aria-current", "true");
  await page.locator("a.slot").first().click();
  await page.getByText("Make it a series").click();
  await page.getByLabel("How many sessions").selectOption("3");
  await page.getByRole("button", { name: "Show the dates" }).click();
  await expect(page.getByRole("heading", { name: "Your series" })).toBeVisible();
  await expectAccessible(page);
  const agree = page.getByLabel(/coaching agreement/);
  if (await agree.count()) await agree.check();
  for (const question of await page.locator("textarea[required]").all()) await question.fill("Nothing new");
  // What is not free is left out unless another time is chosen for it.
  for (const date of await page.locator("select[name^=date-]").all()) {
    if ((await date.inputValue()) === "") await date.selectOption({ index: 0 });
  }
  await page.getByRole("button", { name: /^Book (\d+ sessions|these dates)$/ }).click();
  const anyway = page.getByRole("button", { name: "Book anyway" });
  await expect(anyway.or(page.getByText("Booked.", { exact: true }))).toBeVisible();
  if (await anyway.isVisible()) await anyway.click();
  await expect(page.getByText("Booked.", { exact: true })).toBeVisible();
  await expectAccessible(page);
});
