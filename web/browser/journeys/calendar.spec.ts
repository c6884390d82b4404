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
  await expect(dialog).toContainText(/gets? one mail/);
  await expectAccessible(page);
  const start = await dialog.locator("[data-new]").textContent();
  const time = /\d\d:\d\d/.exec(start ?? "")?.[0] ?? "";
  expect(time).not.toBe("");
  await dialog.getByRole("button", { name: "Move it" }).click();
  await expect(page).toHaveURL(/\/sessions\/ses_\w+$/);
  await expect(page.getByRole("main")).toContainText(time);
}

/** A session of the week that can be moved. */
const movable = (page: Page) => page.locator(".entry").filter({ has: page.locator("a[data-session]") }).first();

/** By the mouse, to a free time that is in sight. */
async function drag(page: Page): Promise<void> {
  const session = page.locator(".entry:not([data-short]) a[data-session]").first();
  await session.scrollIntoViewIfNeeded();
  const from = await session.boundingBox();
  if (!from) throw new Error("it is not shown");
  await page.mouse.move(from.x + 20, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(from.x + 30, from.y + 20, { steps: 3 });
  const free = page.locator(".week .free");
  await expect(free.first()).toBeVisible();
  const height = page.viewportSize()?.height ?? 0;
  const boxes = await Promise.all((await free.all()).map((one) => one.boundingBox()));
  const isElsewhere = (x: number, y: number) => y > 0 && y < height - 80 && Math.hypot(x - from.x, y - from.y) > 60;
  const to = boxes.find((box) => box && isElsewhere(box.x, box.y));
  if (!to) throw new Error("no free time is in sight");
  await page.mouse.move(to.x + 20, to.y + 10, { steps: 8 });
  await expect(page.locator(".week [data-target]")).toBeVisible();
  await page.mouse.up();
}

// Rule W9
test("a coach moves a session by hand, on a phone by its link", async ({ page, context, ownCairn, isMobile }) => {
  const complaints = complaintsOf(context);
  await busyWeek(page, ownCairn);
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  if (isMobile) {
    // A list, in which nothing is dragged and every status is a word.
    await expect(movable(page).getByText("Booked")).toBeVisible();
    await movable(page).getByRole("link", { name: /^Move/ }).click();
    await expect(page).toHaveURL(/\/sessions\/ses_\w+\/move$/);
  } else {
    await drag(page);
    await confirm(page);
  }
  expect(complaints).toEqual([]);
});

test.describe("with a finger", () => {
  test.use({ hasTouch: true });

  // Rule W9
  test("a finger that rests on a session drags it, one that goes at once scrolls", async ({ page, ownCairn }) => {
    // A tablet: wide enough for the grid.
    await page.setViewportSize({ width: 1024, height: 768 });
    await busyWeek(page, ownCairn);
    const finger = await page.context().newCDPSession(page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", at?: { x: number; y: number }) =>
      finger.send("Input.dispatchTouchEvent", { type, touchPoints: at ? [at] : [] });
    const session = page.locator(".entry:not([data-short]) a[data-session]").first();
    await session.scrollIntoViewIfNeeded();
    const box = await session.boundingBox();
    if (!box) throw new Error("it is not shown");
    const from = { x: box.x + 20, y: box.y + 10 };
    const free = page.locator(".week .free");

    await touch("touchStart", from);
    await touch("touchMove", { x: from.x, y: from.y - 40 });
    await touch("touchEnd");
    await expect(free).toHaveCount(0);
    await expect(page.getByRole("dialog")).toBeHidden();

    await session.scrollIntoViewIfNeeded();
    const again = await session.boundingBox();
    if (!again) throw new Error("it is not shown");
    const hold = { x: again.x + 20, y: again.y + 10 };
    await touch("touchStart", hold);
    await expect(free.first()).toBeVisible();
    const height = page.viewportSize()?.height ?? 0;
    const boxes = await Promise.all((await free.all()).map((one) => one.boundingBox()));
    const isElsewhere = (x: number, y: number) => y > 60 && y < height - 80 && Math.hypot(x - again.x, y - again.y) > 60;
    const to = boxes.find((one) => one && isElsewhere(one.x, one.y));
    if (!to) throw new Error("no free time is in sight");
    const scrolled = await page.evaluate(() => window.scrollY);
    for (const part of [0.25, 0.5, 0.75, 1]) {
      await touch("touchMove", { x: hold.x + (to.x + 20 - hold.x) * part, y: hold.y + (to.y + 10 - hold.y) * part });
    }
    await expect(page.locator(".week [data-target]")).toBeVisible();
    expect(await page.evaluate(() => window.scrollY), "what holds a session does not scroll").toBe(scrolled);
    await touch("touchEnd");
    await confirm(page);
  });
});

// Rule W9
test("what is let go where it cannot be says why, and what is free near there", async ({ page, ownCairn }) => {
  // Wide enough for the grid, on every device.
  await page.setViewportSize({ width: 1280, height: 800 });
  await busyWeek(page, ownCairn);
  const session = page.locator(".entry:not([data-short]) a[data-session]").first();
  await session.scrollIntoViewIfNeeded();
  const from = await session.boundingBox();
  const lane = await page.locator(".day > .lane").first().boundingBox();
  if (!from || !lane) throw new Error("it is not shown");
  await page.mouse.move(from.x + 20, from.y + 5);
  await page.mouse.down();
  await page.mouse.move(from.x + 30, from.y + 15, { steps: 3 });
  await expect(page.locator(".week .free").first()).toBeVisible();
  // Above the first hour there is no room.
  await page.mouse.move(lane.x + 20, Math.max(lane.y - 100, 2), { steps: 4 });
  await page.mouse.up();
  const said = page.getByRole("status").filter({ hasText: "The nearest free times" });
  await expect(said).toContainText("That is outside your hours.");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expectAccessible(page);
  await said.getByRole("button").first().click();
  await confirm(page);
});

// Rule W9
test("a coach moves a session with the keyboard alone", async ({ page, ownCairn }) => {
  await busyWeek(page, ownCairn);
  await page.locator(".entry > a:first-child").first().focus();
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
  await expect(dialog).toBeVisible();
  // Nothing is chosen for anybody.
  await expect(dialog.getByRole("combobox")).toHaveValue("");
  await expect(dialog.getByRole("button", { name: "Move it" })).toBeDisabled();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  await expect(dialog.getByRole("link", { name: "Another week" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.type("A train is late");
  await confirm(page);
});

test("money and the lists of an office read well on any screen", async ({ page, cairn }) => {
  await signInAs(page, cairn, "Coach");
  for (const path of ["/today", "/sessions", "/sessions?view=to_mark", "/money", "/calendar"]) {
    await page.goto(cairn.url + path);
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
  }
});
