import { expect, type Page, test } from "@playwright/test";
import { logIn } from "../support/browser.ts";
import { callAuth, newPerson, signUp } from "../support/people.ts";
import { eventually, readLedger, setFault } from "../support/sandbox.ts";
import { type RunningStack, spawnStack } from "../support/stack.ts";

let stack: RunningStack;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  stack = await spawnStack({ web: "built", env: { EVENTFORK_RETRY_SCALE: "0.0001" } });
});
test.afterAll(async () => {
  await stack.stop();
});

async function readFigure(page: Page, title: string): Promise<number> {
  const text = await page
    .getByRole("term")
    .filter({ hasText: title })
    .locator("xpath=following-sibling::dd[1]")
    .innerText();
  return Number(text);
}

async function confirm(page: Page, button: string, answer: string): Promise<void> {
  await page.getByRole("button", { name: button, exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: answer, exact: true }).click();
}

test("a paused replay sends nothing, resumes, and leaves unsent dead letters open when canceled", async ({ page }) => {
  await setFault(stack.sandbox, "slack", { code: "msg_too_long" });
  for (let i = 0; i < 12; i++) await signUp(stack.web, newPerson());
  await logIn(page, stack.web, stack.admin);
  await page.goto(`${stack.web}/admin/dead-letters`);
  await page.getByRole("button", { name: "Replay 12…" }).click({ timeout: 60_000 });
  await setFault(stack.sandbox, "slack", null);
  await page.getByLabel("Pace, messages a second").fill("1");
  await page.getByRole("button", { name: "Replay 12", exact: true }).click();
  await page.waitForURL(/\/admin\/replays\/rpl_/);

  await confirm(page, "Pause", "Pause");
  await expect(page.getByText("Paused", { exact: true })).toBeVisible();
  await expect.poll(() => readFigure(page, "In flight")).toBe(0);
  const left = await readFigure(page, "Remaining");
  expect(left).toBeGreaterThan(3);
  // At its rate three more would be sent meanwhile.
  await page.waitForTimeout(3_000);
  expect(await readFigure(page, "Remaining")).toBe(left);

  await confirm(page, "Resume", "Resume");
  await expect.poll(() => readFigure(page, "Remaining"), { timeout: 20_000 }).toBeLessThan(left);
  await confirm(page, "Cancel", "Cancel the replay");
  await expect(page.locator("header").getByText("Canceled", { exact: true })).toBeVisible();
  await expect.poll(() => readFigure(page, "In flight")).toBe(0);
  const [delivered, notSent] = [await readFigure(page, "Delivered"), await readFigure(page, "Not sent")];
  expect([delivered + notSent, notSent > 0]).toEqual([12, true]);
  const { received, unique } = await readLedger(stack.sandbox, "slack");
  expect([received, unique]).toEqual([delivered, delivered]);
  await page.goto(`${stack.web}/admin/dead-letters`);
  await expect(page.getByRole("button", { name: `Replay ${notSent}…` })).toBeVisible();
});

test("a backfill sends an integration events that its rule never matched, and no other gets them again", async ({
  page,
}) => {
  const person = newPerson();
  await signUp(stack.web, person);
  expect((await callAuth(stack.web, "sign-in/email", person)).status).toBe(200);
  const isLogIn = ({ detail }: { detail: Record<string, unknown> }) => detail.event === "user.logged_in";
  const analytics = await eventually(
    () => readLedger(stack.sandbox, "analytics"),
    ({ effects }) => effects.some(isLogIn),
  );
  const logIns = analytics.effects.filter(isLogIn).map(({ key }) => key);

  await logIn(page, stack.web, stack.admin);
  await page.goto(`${stack.web}/admin/replays/backfill?integration=slack`);
  await page.getByRole("checkbox", { name: /user\.signed_up/ }).uncheck();
  await page.getByRole("checkbox", { name: /Only events that Slack’s rule matches/ }).uncheck();
  await page.getByRole("button", { name: "See what would be sent…" }).click();
  await page.getByRole("button", { name: `Replay ${logIns.length}`, exact: true }).click();
  await page.waitForURL(/\/admin\/replays\/rpl_/);
  await expect(page.getByText("Completed", { exact: true }).first()).toBeVisible({ timeout: 60_000 });
  expect(await readFigure(page, "Delivered")).toBe(logIns.length);
  const slack = await readLedger(stack.sandbox, "slack");
  expect(slack.effects.filter(({ key }) => logIns.includes(key)).map(({ count }) => count)).toEqual(
    logIns.map(() => 1),
  );
  expect((await readLedger(stack.sandbox, "analytics")).received).toBe(analytics.received);
});
