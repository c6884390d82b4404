import { complaintsOf, expect, signInAs, test } from "../support/test.ts";

const roles = ["Admin", "Program lead", "Coach", "Client"];

// Rule P6
test("each role of the example signs in with one click", async ({ page, context, cairn }) => {
  const complaints = complaintsOf(context);
  for (const role of roles) {
    await page.goto(`${cairn.url}/demo`);
    const group = page.getByRole("region", { name: role, exact: true });
    await group.getByRole("button", { name: /^Sign in as/ }).first().click();
    await expect(page.getByRole("button", { name: /your account$/ })).toBeVisible();
    await expect(page.getByText("This is an example.")).toBeVisible();
  }
  expect(complaints).toEqual([]);
});

// Rule P6
test("two people of the example are open side by side", async ({ page, context, cairn }) => {
  await page.goto(`${cairn.url}/demo`);
  const own = await page.getByRole("link", { name: /at an address of their own/ }).evaluateAll((links) =>
    links.slice(0, 2).map((link) => ({ href: (link as HTMLAnchorElement).href, label: link.getAttribute("aria-label") })),
  );
  const windows = [page, await context.newPage()];
  const names = own.map(({ label }) => /^Open (.*) at an address/.exec(label ?? "")?.[1] ?? "");
  for (const [at, one] of windows.entries()) {
    await one.goto(own[at]?.href ?? "");
    await one.getByRole("button", { name: `Sign in as ${names[at]}` }).click();
    await expect(one.getByRole("button", { name: `${names[at]}, your account` })).toBeVisible();
  }
  for (const [at, one] of windows.entries()) {
    await one.reload();
    await expect(one.getByRole("button", { name: `${names[at]}, your account` })).toBeVisible();
  }
});

// Rules T4, M7
test("an admin moves the clock and the pages follow", async ({ page, ownCairn }) => {
  await signInAs(page, ownCairn, "Admin");
  const clock = page.getByText(/^The clock here shows/);
  const before = await clock.textContent();
  await page.getByRole("button", { name: "+3 days" }).click();
  await expect(clock).not.toHaveText(before ?? "");
});
