// A coach's page as a part of somebody else's site, on another origin, in a browser that gives frames no cookies.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test as base } from "../support/test.ts";

const test = base.extend<{ site: (page: string) => Promise<string> }>({
  site: async ({}, use) => {
    const servers: Server[] = [];
    await use(async (page) => {
      const server = createServer((_, answer) => answer.setHeader("content-type", "text/html").end(page));
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    });
    for (const server of servers) server.close();
  },
});

// Rule C4
test("a booking completes inside another site without third-party cookies", async ({ playwright, launchOptions, ownCairn, site }) => {
  const args = [...(launchOptions.args ?? []), "--test-third-party-cookie-phaseout"];
  const browser = await playwright.chromium.launch({ ...launchOptions, args });
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${ownCairn.url}/coaches`);
  const coach = await page.getByRole("heading", { level: 2 }).getByRole("link").first().getAttribute("href");
  const slug = coach?.split("?")[0]?.split("/").pop() ?? "";
  await context.clearCookies();
  const there = await site(
    `<!doctype html><title>My site</title><h1>Book me</h1><script src="${ownCairn.url}/embed.js" data-coach="${slug}" async></script>`,
  );
  await page.goto(there);
  const frame = page.frameLocator("iframe");
  await frame.locator("a.slot").first().click();
  await frame.getByLabel("Your name").fill("Tess");
  await frame.getByLabel("Your e-mail").fill("tess@elsewhere.example");
  // The frame is as tall as what is in it: nothing scrolls inside.
  const box = await page.locator("iframe").boundingBox();
  const inside = await frame.locator("html").evaluate((root) => root.scrollHeight);
  expect(Math.abs((box?.height ?? 0) - inside)).toBeLessThan(4);
  await frame.getByRole("button", { name: /^Book / }).click();
  await expect(frame.getByRole("heading", { name: "Look into your mail." })).toBeVisible();
  expect(await context.cookies()).toEqual([]);
  expect(page.url()).toBe(there);

  // The link of the mail opens in a window of its own.
  const own = await context.newPage();
  await expect(async () => {
    await own.goto(`${ownCairn.url}/mailbox`);
    await own.getByRole("link").filter({ hasText: "Confirm:" }).first().click({ timeout: 1000 });
  }).toPass();
  const link = await own.frameLocator("iframe").locator('a[href*="/bookings/"]').first().getAttribute("href");
  await own.goto(link ?? "");
  await own.getByRole("button", { name: /^Book / }).click();
  await expect(own.getByText("Booked.", { exact: true })).toBeVisible();
  await browser.close();
});
