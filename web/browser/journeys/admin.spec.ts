import { MailServer } from "../support/mail_server.ts";
import { Program, expect, setUp, signInAs, test } from "../support/test.ts";

// Rules P3, P5, M7
test("an admin invites somebody, changes their roles and reads of it in the log", async ({ page, ownCairn }) => {
  await signInAs(page, ownCairn, "Admin");
  await page.goto(`${ownCairn.url}/people`);
  await page.getByRole("link", { name: "Invite somebody" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Mira Okafor");
  await page.getByLabel("E-mail").fill("mira@example.org");
  await page.getByRole("checkbox", { name: /^Coach/ }).check();
  await page.getByRole("button", { name: "Send the invitation" }).click();
  await expect(page.getByRole("heading", { name: "Mira Okafor" })).toBeVisible();

  await page.getByRole("checkbox", { name: /^Program lead/ }).check();
  await page.getByRole("button", { name: "Save the roles" }).click();
  await expect(page.getByRole("checkbox", { name: /^Program lead/ })).toBeChecked();

  await page.goto(`${ownCairn.url}/audit`);
  await expect(page.getByRole("main")).toContainText("Mira Okafor");
  await page.goto(`${ownCairn.url}/mailbox`);
  await page.getByRole("link", { name: /^Mira Okafor.*Your account/ }).click();
  await expect(page.getByRole("article")).toContainText("mira@example.org");
});

// Rule M2
test("an admin sends a mail again that was given up", async ({ page }) => {
  const server = await MailServer.start();
  const program = await Program.startWith(
    `[smtp]\nhost = "127.0.0.1"\nport = ${server.port}\nsecurity = "none"\nfrom_address = "hello@example.org"\n`,
    "serve",
  );
  try {
    await setUp(page, program);
    server.refuses = true;
    await page.goto(`${program.url}/people/new`);
    await page.getByLabel("Name", { exact: true }).fill("Mira Okafor");
    await page.getByLabel("E-mail").fill("mira@example.org");
    await page.getByRole("button", { name: "Send the invitation" }).click();
    await expect(page.getByRole("heading", { name: "Mira Okafor" })).toBeVisible();

    const queue = async () => {
      await page.goto(`${program.url}/mail-queue`);
      return page.getByRole("main").innerText();
    };
    await expect.poll(queue).toContain("Some mails were given up");
    server.refuses = false;
    await page.getByRole("button", { name: "Try again now" }).click();
    await expect.poll(queue).not.toContain("Some mails were given up");
    await expect.poll(() => server.taken.filter((to) => to === "mira@example.org").length).toBe(1);
  } finally {
    await program.stop();
    server.stop();
  }
});
