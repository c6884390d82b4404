// The life of a session, watched in the living example while its clock is moved: a request that is agreed to, one that
// nobody answers, a late cancellation, a no-show and its undoing.
import type { Browser, Page } from "@playwright/test";
import { expect, expectAccessible, expectNoSidewaysScroll, type Program, test } from "../support/test.ts";

const HOUR_MS = 3_600_000;

/** Somebody of the example, at an address of their own. */
async function somebody(browser: Browser, cairn: Program, slug: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${cairn.urlOf(slug)}/`);
  await page.getByRole("button", { name: /^Sign in as/ }).first().click();
  await expect(page.getByRole("button", { name: /your account$/ })).toBeVisible();
  return page;
}

class Interface {
  private constructor(
    private readonly cairn: Program,
    private readonly token: string,
  ) {}

  static of(cairn: Program, person: string, scopes: string): Interface {
    const said = cairn.run("token", "create", "--person", `${person}@tarnfell.example`, "--scopes", scopes);
    return new Interface(cairn, /\S{20,}\s*$/.exec(said.trim())?.[0]?.trim() ?? "");
  }

  async ask(method: string, path: string, body?: object): Promise<any> {
    const headers = { authorization: `Bearer ${this.token}`, "content-type": "application/json" };
    const text = body && JSON.stringify(body);
    const answer = await fetch(`${this.cairn.url}/api/v1${path}`, { method, headers, body: text });
    const said = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(said)}`);
    return said;
  }
}

/** A paid session that a client of Ada's has on a day of next week, and the hand that moves the clock. */
class Story {
  private constructor(
    readonly cairn: Program,
    private readonly clock: Interface,
    readonly session: string,
    readonly start: number,
    private now: number,
  ) {}

  static async begin(cairn: Program): Promise<Story> {
    const clock = Interface.of(cairn, "otto", "clock:write,sessions:write,sessions:read,people:read");
    const now = Date.parse((await clock.ask("POST", "/clock", { advance: "PT1S" })).now);
    const coach = await clock.ask("GET", "/coaches/ada");
    const hour = coach.offerings.find((one: { minutes: number }) => one.minutes === 60);
    const [from, to] = [4, 11].map((days) => new Date(now + days * 24 * HOUR_MS).toISOString().slice(0, 10));
    const slots = await clock.ask("GET", `/coaches/ada/slots?offering=${hour.id}&from=${from}&to=${to}&zone=UTC`);
    const starts_at = slots.items[Math.floor(slots.items.length / 2)].starts_at;
    const people = await clock.ask("GET", "/people?limit=100");
    const client = people.items.find((one: { name: string }) => one.name === "Sofia Lindgaard").id;
    const wish = { coach: "ada", offering: hour.id, starts_at, client };
    const made = await clock.ask("POST", "/sessions", wish);
    return new Story(cairn, clock, made.id, Date.parse(starts_at), now);
  }

  /** Moves the clock to so many hours before the session; less than none is after it. */
  async until(hoursBefore: number): Promise<void> {
    const target = this.start - hoursBefore * HOUR_MS;
    const seconds = Math.round((target - this.now) / 1000);
    this.now = Date.parse((await this.clock.ask("POST", "/clock", { advance: `PT${seconds}S` })).now);
  }

  async open(page: Page, slug: string): Promise<void> {
    await page.goto(`${this.cairn.urlOf(slug)}/sessions/${this.session}`);
  }
}

/** A client asks for the last of the times that the page offers. */
async function askToMove(sofia: Page): Promise<void> {
  await sofia.getByRole("link", { name: "Move", exact: true }).first().click();
  await expect(sofia.getByRole("heading", { level: 1 })).toContainText("must agree");
  await expectAccessible(sofia);
  await expectNoSidewaysScroll(sofia);
  const before = sofia.url();
  await sofia.locator("a.slot:visible").last().click();
  await expect(sofia).not.toHaveURL(before);
  await sofia.getByLabel("Why?").fill("A workshop");
  await sofia.getByRole("button", { name: /^Ask Ada/ }).click();
  await expect(sofia.getByRole("button", { name: "Withdraw" }).first()).toBeVisible();
}

// Rules R2, R3, R5
test("a client asks a day and a half ahead, and the coach agrees", async ({ browser, ownCairn }) => {
  const story = await Story.begin(ownCairn);
  await story.until(30);
  const [sofia, ada] = [await somebody(browser, ownCairn, "sofia"), await somebody(browser, ownCairn, "ada")];
  await story.open(sofia, "sofia");
  const before = await sofia.locator("header time").first().getAttribute("datetime");
  await askToMove(sofia);
  await expectAccessible(sofia);
  await ada.goto(`${ownCairn.urlOf("ada")}/sessions`);
  await expect(ada.getByText("A workshop").first()).toBeVisible();
  await story.open(ada, "ada");
  await expectAccessible(ada);
  const agree = ada.getByRole("button", { name: /^Agree|^Approve/ });
  await agree.first().click();
  await expect(agree).toHaveCount(0);
  await story.open(sofia, "sofia");
  await expect(sofia.locator("header time").first()).not.toHaveAttribute("datetime", before ?? "");
  await expect(sofia.getByRole("button", { name: "Withdraw" })).toHaveCount(0);
});

// Rules R4, R6, R7
test("a request that nobody answers runs out, and the session stays where it was", async ({ browser, ownCairn }) => {
  const story = await Story.begin(ownCairn);
  await story.until(30);
  const sofia = await somebody(browser, ownCairn, "sofia");
  await story.open(sofia, "sofia");
  const before = await sofia.locator("header time").first().getAttribute("datetime");
  await askToMove(sofia);
  await story.until(0.9);
  await story.open(sofia, "sofia");
  await expect(sofia.locator("header time").first()).toHaveAttribute("datetime", before ?? "");
  await expect(sofia.getByRole("button", { name: "Withdraw" })).toHaveCount(0);
  await expect(sofia.locator(".history")).toContainText(/expired|ran out/i);
  await expectAccessible(sofia);
});

// Rules R9, R11, S6
test("who cancels late reads what it costs before and after", async ({ browser, ownCairn }) => {
  const story = await Story.begin(ownCairn);
  await story.until(20);
  const sofia = await somebody(browser, ownCairn, "sofia");
  await story.open(sofia, "sofia");
  const cancel = sofia.getByRole("link", { name: /^Cancel/ }).first();
  if (!(await cancel.isVisible())) await sofia.getByRole("button", { name: "Actions" }).first().click();
  await cancel.click();
  await expect(sofia).toHaveURL(/\/cancellation$/);
  await expect(sofia.getByText(/110/).first()).toBeVisible();
  await expectAccessible(sofia);
  await expectNoSidewaysScroll(sofia);
  await sofia.getByRole("main").locator("form button[data-kind=primary]").click();
  await expect(sofia.getByText("Missed", { exact: true }).first()).toBeVisible();
  await expectAccessible(sofia);
});

// Rules S2, S3, S10
test("a no-show is marked, and taken back before anybody is told", async ({ browser, ownCairn }) => {
  const story = await Story.begin(ownCairn);
  await story.until(-1 / 6);
  const ada = await somebody(browser, ownCairn, "ada");
  await story.open(ada, "ada");
  await expectAccessible(ada);
  await ada.getByRole("button", { name: /no-show/i }).first().click();
  await expect(ada.getByText("Missed", { exact: true }).first()).toBeVisible();
  await expectAccessible(ada);
  await ada.getByRole("button", { name: "Undo" }).first().click();
  await expect(ada.getByText("Booked", { exact: true }).first()).toBeVisible();
  await story.until(-1);
  const mailbox = await (await browser.newContext()).newPage();
  await mailbox.goto(`${ownCairn.url}/mailbox`);
  await expect(mailbox.getByText(/missed/i)).toHaveCount(0);
});
