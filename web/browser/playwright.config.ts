// Journeys through the built program in Chromium: light and dark, desktop and phone. `make test` runs them.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { defineConfig } from "@playwright/test";

/** The browser: the one that CAIRN_CHROMIUM names, else the first of these that is installed. */
function chromium(): string {
  if (process.env.CAIRN_CHROMIUM) return process.env.CAIRN_CHROMIUM;
  const folders = (process.env.PATH ?? "").split(delimiter);
  for (const name of ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]) {
    for (const folder of folders) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // not here
      }
    }
  }
  throw new Error("No Chromium found: install one, or name it in CAIRN_CHROMIUM");
}

const quiet = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: "journeys",
  outputDir: "results",
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: { executablePath: chromium(), args: isRoot ? [...quiet, "--no-sandbox"] : quiet },
  },
  projects: [
    { name: "desktop light", use: { viewport: { width: 1280, height: 860 }, colorScheme: "light" } },
    { name: "desktop dark", use: { viewport: { width: 1280, height: 860 }, colorScheme: "dark" } },
    {
      name: "phone",
      use: { viewport: { width: 390, height: 844 }, colorScheme: "light", hasTouch: true, isMobile: true },
    },
  ],
});
