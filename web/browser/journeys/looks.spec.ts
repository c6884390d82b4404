import { complaintsOf, expect, expectAccessible, expectNoSidewaysScroll, signInAs, test } from "../support/test.ts";

const outside = ["/", "/demo", "/sign-in", "/sign-in/sent?mail=a@example.org", "/nowhere", "/gallery"].concat([
  "/coaches", "/coaches?q=falconry&time=morning", "/coaches/ada", "/coaches/ada?choose=zone", "/coaches/ada?embed=1", "/bookings/nothing", "/manage/nothing",
]);
const inside: Record<string, string[]> = {
  Admin: ["/", "/people", "/people/new", "/triggers", "/triggers/new", "/mail-queue", "/audit", "/settings", "/mailbox", "/profile", "/nowhere"],
  Coach: ["/", "/profile", "/people", "/mailbox"],
  Client: ["/", "/profile", "/settings"],
};

/** What coaches set up, and sessions: looked at by themselves, because they are many. */
const office: Record<string, string[]> = {
  Admin: ["/sessions", "/settings/agreements"],
  Coach: [
    "/practice",
    "/practice/profile",
    "/practice/offerings",
    "/practice/offerings/new",
    "/practice/hours",
    "/practice/share",
    "/sessions",
    "/sessions?view=past",
  ],
  Client: ["/sessions", "/sessions?view=past"],
};

// Rule S1
test("no page for strangers has a barrier that axe finds", async ({ page, context, cairn }) => {
  test.slow();
  const complaints = complaintsOf(context);
  for (const path of outside) {
    await page.goto(cairn.url + path);
    await expectAccessible(page);
  }
  expect(complaints.filter((one) => !/status of 4(0[34]|10)/.test(one))).toEqual([]);
});

// Rule S1
test("no page has a barrier that axe finds", async ({ page, context, cairn }) => {
  test.slow();
  const complaints = complaintsOf(context);
  for (const [role, paths] of Object.entries(inside)) {
    await signInAs(page, cairn, role);
    for (const path of paths) {
      await page.goto(cairn.url + path);
      await expectAccessible(page);
    }
  }
  const unexpected = complaints.filter((one) => !/status of 4(0[34]|10)/.test(one));
  expect(unexpected).toEqual([]);
});

test("on a phone four places stand in the bar, and the rest behind one more", async ({ page, cairn }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signInAs(page, cairn, "Coach");
  const bar = page.getByRole("navigation", { name: "Main" });
  await expect(bar.getByRole("link")).toHaveCount(4);
  const more = bar.getByRole("button", { name: "More" });
  await more.click();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Practice", exact: true }).click();
  await expect(page).toHaveURL(/\/practice$/);
  await expect(more).toHaveAttribute("aria-current", "true");
});

test("no page is wider than 320 px", async ({ page, cairn }) => {
  test.slow();
  await page.setViewportSize({ width: 320, height: 700 });
  for (const path of outside) {
    await page.goto(cairn.url + path);
    await expectNoSidewaysScroll(page);
  }
  for (const [role, paths] of Object.entries(inside)) {
    await signInAs(page, cairn, role);
    for (const path of paths) {
      await page.goto(cairn.url + path);
      await expectNoSidewaysScroll(page);
    }
  }
});

// Rule S1
test("no page of an office has a barrier that axe finds, or is wider than 320 px", async ({ page, cairn }) => {
  test.slow();
  for (const [role, paths] of Object.entries(office)) {
    await signInAs(page, cairn, role);
    for (const path of paths) {
      await page.goto(cairn.url + path);
      await expectAccessible(page);
      const size = page.viewportSize();
      await page.setViewportSize({ width: 320, height: 700 });
      await expectNoSidewaysScroll(page);
      if (size) await page.setViewportSize(size);
    }
  }
});

// Rule S1
test("the page of a session and of booking for a client read well on any screen", async ({ page, cairn }) => {
  await signInAs(page, cairn, "Coach");
  await page.goto(`${cairn.url}/sessions`);
  await page.getByRole("main").getByRole("listitem").first().getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: "What happened" })).toBeVisible();
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.goto(`${cairn.url}/people`);
  await page.getByRole("main").getByRole("table").getByRole("link").first().click();
  await page.getByRole("link", { name: "Book a session" }).click();
  await expect(page.getByRole("heading", { name: /^Book for/ })).toBeVisible();
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
});
