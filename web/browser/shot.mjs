import { chromium } from "playwright-core";
const base = "http://127.0.0.1:8131";
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--headless", "--no-sandbox", "--disable-gpu"] });
async function signed(scheme, width, name) {
  const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 900 } });
  const page = await context.newPage();
  await page.goto(base + "/demo");
  await page.getByRole("button", { name }).first().click();
  await page.waitForLoadState();
  return page;
}
for (const [scheme, width] of [["light", 1280], ["dark", 1280], ["light", 390]]) {
  const page = await signed(scheme, width, /Sign in as Otto/);
  await page.goto(base + "/triggers");
  await page.screenshot({ path: `/tmp/mail-list-${scheme}-${width}.png`, fullPage: true });
  await page.locator(".rule-list a").nth(1).click();
  await page.waitForLoadState();
  await page.screenshot({ path: `/tmp/mail-edit-${scheme}-${width}.png`, fullPage: true });
  if (width === 1280 && scheme === "light") {
    await page.goto(base + "/triggers/new");
    await page.screenshot({ path: `/tmp/mail-new-${scheme}-${width}.png`, fullPage: true });
  }
}
await browser.close();
