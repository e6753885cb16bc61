import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "@playwright/test";
import { logIn } from "../support/browser.ts";
import { eventually, readLedger, setFault } from "../support/sandbox.ts";
import { test } from "../support/stack.ts";

test("an integration's connection test reports problems, it pauses and resumes, and only it gets a test event", async ({
  page,
  stack,
}) => {
  test.slow();
  await logIn(page, stack.web, stack.admin);
  await page.goto(`${stack.web}/admin/integrations`);
  await expect(page.getByRole("row").filter({ hasText: "The sandbox" })).toHaveCount(3);
  await page.getByRole("link", { name: "Slack" }).click();
  await expect(page.getByRole("region", { name: "Settings in effect" })).toContainText("SLACK_BOT_TOKEN");
  await expect(page.getByRole("region", { name: "Retry schedule" }).getByRole("listitem")).toHaveCount(11);

  const checks = page.getByRole("region", { name: "Connection test" });
  await checks.getByRole("button", { name: "Test" }).click();
  await expect(checks).toContainText("It works.", { timeout: 60_000 });
  await expect(checks).toContainText("#sign-ups");
  await setFault(stack.sandbox, "slack", { code: "token_revoked" });
  await checks.getByRole("button", { name: "Test" }).click();
  await expect(checks).toContainText("The token was revoked: set SLACK_BOT_TOKEN", { timeout: 60_000 });
  await setFault(stack.sandbox, "slack", null);

  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.getByLabel("Reason").fill("A pause to look at.");
  await page.getByRole("button", { name: "Pause Slack" }).click();
  await expect(checks).toContainText("its queue is not read");
  await expect(checks.getByRole("button", { name: "Test" })).toBeDisabled();
  await page.getByRole("button", { name: "Resume" }).click();
  const breaker = page.getByRole("region", { name: "Circuit breaker" });
  await expect(breaker.getByRole("row").filter({ hasText: "A pause to look at." })).toContainText(stack.admin.email);

  const before = await Promise.all(
    (["analytics", "mailchimp"] as const).map((name) => readLedger(stack.sandbox, name)),
  );
  await page.getByRole("button", { name: "Send a test event…" }).click();
  await page.getByRole("button", { name: "Send it" }).click();
  await page.getByRole("link", { name: "See what becomes of it" }).click();
  await page.waitForURL(/\/admin\/events\/evt_/);
  const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const hasLine = async () => (await readLedger(stack.sandbox, "slack")).effects.filter(({ key }) => key === id).length;
  expect(await eventually(hasLine, (lines) => lines > 0)).toBe(1);
  await expect(page.getByText("Delivered").first()).toBeVisible();
  const after = await Promise.all((["analytics", "mailchimp"] as const).map((name) => readLedger(stack.sandbox, name)));
  expect(after.map(({ received }) => received)).toEqual(before.map(({ received }) => received));

  const args = ["run", "--silent", "eventfork", "--", "integrations", "test", "mailchimp", "--json"];
  const env = { ...process.env, EVENTFORK_STATE_DIR: stack.stateDir };
  const { stdout } = await promisify(execFile)("npm", args, { env });
  expect(JSON.parse(stdout)).toMatchObject({ check: { integration: "mailchimp", isOk: true } });
});
