import type { Page } from "@playwright/test";
import { complaintsOf, expect, expectAccessible, expectNoSidewaysScroll, type Program, signInAs, test } from "../support/test.ts";

/** A week of the example's first coach in which a session can be moved, from the one after this on. */
async function busyWeek(page: Page, cairn: Program): Promise<void> {
  await signInAs(page, cairn, "Coach");
  await page.goto(`${cairn.url}/calendar`);
  for (let week = 0; week < 8; week += 1) {
    await page.getByRole("link", { name: "Next week" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Week");
    if (await page.locator(".entry a[data-session]").count()) return;
  }
  throw new Error("the example has a week with sessions");
}

/** What the dialog says of the new time, sent: the session's own page says the same. */
async function confirm(page: Page): Promise<void> {
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("gets one mail");
  await expectAccessible(page);
  const start = await dialog.locator("[data-new]").textContent();
  const time = /\d\d:\d\d/.exec(start ?? "")?.[0] ?? "";
  expect(time).not.toBe("");
  await dialog.getByRole("button", { name: "Move it" }).click();
  await expect(page).toHaveURL(/\/sessions\/ses_/);
  await expect(page.getByRole("main")).toContainText(time);
}

// Rule W9
test("a coach drags a session to a free time", async ({ page, context, ownCairn, isMobile }) => {
  test.skip(isMobile, "a phone shows a list, in which nothing is dragged");
  const complaints = complaintsOf(context);
  await busyWeek(page, ownCairn);
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  const session = page.locator(".entry:not([data-short]) a[data-session]").first();
  await session.scrollIntoViewIfNeeded();
  const from = await session.boundingBox();
  if (!from) throw new Error("it is not shown");
  const hold = { x: from.x + 20, y: from.y + 10 };
  await page.mouse.move(hold.x, hold.y);
  await page.mouse.down();
  await page.mouse.move(hold.x + 10, hold.y + 10, { steps: 3 });
  const free = page.locator(".week .free");
  await expect(free.first()).toBeVisible();
  // Somewhere else that is in sight.
  const height = page.viewportSize()?.height ?? 0;
  const boxes = await Promise.all((await free.all()).map((one) => one.boundingBox()));
  const to = boxes.find((box) => box && box.y > 0 && box.y < height - 80 && Math.hypot(box.x - from.x, box.y - from.y) > 60);
  if (!to) throw new Error("no free time is in sight");
  await page.mouse.move(to.x + 20, to.y + 10, { steps: 8 });
  await expect(page.locator(".week [data-target]")).toBeVisible();
  await page.mouse.up();
  await confirm(page);
  expect(complaints).toEqual([]);
});

// Rule W9
test("a coach moves a session with the keyboard alone", async ({ page, ownCairn, isMobile }) => {
  test.skip(isMobile, "a phone has no keys");
  await busyWeek(page, ownCairn);
  const sessions = page.locator(".entry > a:first-child");
  await sessions.first().focus();
  for (const key of ["ArrowDown", "ArrowRight", "ArrowLeft", "ArrowUp"]) await page.keyboard.press(key);
  expect(await page.evaluate(() => document.activeElement?.closest(".entry") !== null)).toBe(true);
  const session = page.locator(".entry a[data-session]").first();
  await session.focus();
  await page.keyboard.press("m");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(session).toBeFocused();
  await page.keyboard.press("m");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  await page.keyboard.type("A train is late");
  await confirm(page);
});

// Rule W9
test("on a phone a week is a list, and each session leads to its move", async ({ page, ownCairn, isMobile }) => {
  test.skip(!isMobile, "a wide screen has the grid");
  await busyWeek(page, ownCairn);
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  const session = page.locator(".entry").filter({ has: page.locator("a[data-session]") }).first();
  await expect(session.getByText("Booked")).toBeVisible();
  await session.getByRole("link", { name: /^Move/ }).click();
  await expect(page).toHaveURL(/\/sessions\/ses_\w+\/move$/);
});

test("money and the lists of an office read well on any screen", async ({ page, cairn }) => {
  await signInAs(page, cairn, "Coach");
  for (const path of ["/today", "/sessions", "/sessions?view=to_mark", "/money", "/calendar"]) {
    await page.goto(cairn.url + path);
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
  }
});
