// What every journey begins with: the living example running, and the acts and looks that journeys share.
import { AxeBuilder } from "@axe-core/playwright";
import { type BrowserContext, type Page, expect, test as base } from "@playwright/test";
import { Program } from "./program.ts";

export { expect, Program };

/** When the living example begins, so that every run meets the same one: a Wednesday morning. Another moment finds
 * what a journey takes for granted: `JOURNEYS_BEGIN=2026-11-21T23:30:00Z npm test`. */
const begin = process.env.JOURNEYS_BEGIN ?? "2026-11-18T08:00:00Z";

/** A journey gets `cairn`, the living example. It is shared by the journeys of one worker: what must not be seen by
 * others (the clock, for one) is done in `ownCairn`. */
export const test = base.extend<{ ownCairn: Program }, { cairn: Program }>({
  cairn: [
    async ({}, use) => {
      const program = await Program.start("demo", "--clock", begin);
      await use(program);
      await program.stop();
    },
    { scope: "worker" },
  ],
  ownCairn: async ({}, use, info) => {
    const program = await Program.start("demo", "--clock", begin);
    await use(program);
    await program.stop();
    if (info.status !== info.expectedStatus) await info.attach("the program", { body: program.output });
  },
});

/** Signs in the first of the example's people who has this role ("Coach"), as a person would: by one click. */
export async function signInAs(page: Page, cairn: Program, role: string): Promise<void> {
  await page.goto(`${cairn.url}/demo`);
  const group = page.getByRole("region", { name: role, exact: true });
  await group.getByRole("button", { name: /^Sign in as/ }).first().click();
  await expect(page.getByRole("button", { name: /your account$/ })).toBeVisible();
}

/** Makes the first admin by the link that the program printed, and tells the link. */
export async function setUp(page: Page, program: Program): Promise<string> {
  const link = /http:\/\/\S+\/set-up\/\S+/.exec(program.output)?.[0] ?? "";
  await page.goto(link);
  await page.getByLabel("Name of your organisation").fill("Stone & Path");
  await page.getByLabel("Your name").fill("Otto Frank");
  await page.getByLabel("Your e-mail").fill("otto@example.org");
  await page.getByLabel("Password").fill("seven grey stones by the river");
  await page.getByRole("button", { name: "Set up and sign in" }).click();
  await expect(page.getByRole("button", { name: "Otto Frank, your account" })).toBeVisible();
  return link;
}

/** Nothing that axe finds. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map((one) => `${one.id}: ${one.help}\n  ${one.nodes.map((n) => n.html).join("\n  ")}`);
  expect(found, `axe on ${page.url()}`).toEqual([]);
}

/** Nothing sticks out to the right, however narrow the window. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const [width, room] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(width, `width of ${page.url()}`).toBeLessThanOrEqual(room ?? 0);
}

/** What the browser complains of: refused by the content policy, failed to load, thrown. */
export function complaintsOf(context: BrowserContext): string[] {
  const complaints: string[] = [];
  context.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  context.on("weberror", (error) => complaints.push(String(error.error())));
  return complaints;
}
