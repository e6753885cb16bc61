import { readFile } from "node:fs/promises";
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { logIn } from "../support/browser.ts";
import { newPerson, signUp } from "../support/people.ts";
import { eventually, everythingOnce, hasAll, readReceived, setFault } from "../support/sandbox.ts";
import { type RunningStack, spawnStack } from "../support/stack.ts";

let stack: RunningStack;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  stack = await spawnStack({ web: "built", env: { EVENTFORK_RETRY_SCALE: "0.0001" } });
});
test.afterAll(async () => {
  await stack.stop();
});

test("deliveries are searched, saved as a view, opened, exported, and replayed when dead-lettered", async ({
  page,
}) => {
  test.slow();
  await setFault(stack.sandbox, "slack", { code: "msg_too_long" });
  const [ada, bea] = [await signUp(stack.web, newPerson()), await signUp(stack.web, newPerson())];
  await logIn(page, stack.web, stack.admin);
  const rows = page.getByRole("row").filter({ hasText: "user.signed_up" });

  await page.goto(`${stack.web}/admin/deliveries`);
  const search = page.getByLabel("Event, person or error");
  await expect(search).toBeVisible();
  await expect(async () => {
    await page.keyboard.press("/");
    await expect(search).toBeFocused({ timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  await page.keyboard.type(ada.email);
  await page.keyboard.press("Enter");
  await expect(rows).toHaveCount(3, { timeout: 60_000 });
  await expect(rows.filter({ hasText: "Delivered" })).toHaveCount(2, { timeout: 60_000 });
  const bar = page.getByRole("region", { name: "Selection" });
  await rows.first().getByRole("checkbox").check();
  await rows
    .last()
    .getByRole("checkbox")
    .click({ modifiers: ["Shift"] });
  await expect(bar).toContainText("3 deliveries chosen");
  await bar.getByRole("button", { name: "Choose nothing" }).click();
  const event = page.getByRole("columnheader", { name: "Event" });
  for (const [direction, order] of [
    ["desc", "descending"],
    ["asc", "ascending"],
  ] as const) {
    await event.getByRole("button").click();
    await expect(event).toHaveAttribute("aria-sort", order);
    await expect(page).toHaveURL(new RegExp(`sort=event&direction=${direction}`));
  }

  await page.getByRole("button", { name: "Clear" }).click();
  await page.getByLabel("Error code").fill("msg_too_long");
  await page.getByLabel("Error code").press("Enter");
  await expect(page).toHaveURL(/error=msg_too_long/);
  await expect(rows.filter({ hasText: "Dead-lettered" })).toHaveCount(2, { timeout: 60_000 });
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByLabel("Keep the list as it is now, as").fill("Too long");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("link", { name: "Too long" })).toBeVisible();
  await page.keyboard.press("Escape");

  await page.goto(`${stack.web}/admin/deliveries`);
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("link", { name: "Too long" }).click();
  await expect(rows).toHaveCount(2);

  const link = rows.first().getByRole("link", { name: "user.signed_up" });
  await link.press("Enter");
  const panel = page.getByRole("dialog", { name: "user.signed_up for Slack" });
  await expect(panel).toContainText("shorten the event's data");
  await expect(panel.getByRole("region", { name: "Attempts (1)" })).toContainText("Rejected");
  await expect(page).toHaveURL(/delivery=evt_\w+(%2F|\/)slack/);
  const { violations } = await new AxeBuilder({ page }).include("[data-slot=sheet-content]").analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  const address = page.url();
  await page.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);
  await expect(link).toBeFocused();
  await page.goto(address);
  await expect(panel.getByRole("region", { name: "Dead letter" })).toContainText("Open", { timeout: 60_000 });
  await panel.getByRole("button", { name: "Close" }).click();

  const everyRow = page.getByRole("checkbox", { name: "Choose every row of this page" });
  await rows.first().getByRole("checkbox").check();
  await expect(everyRow).toHaveJSProperty("indeterminate", true);
  await everyRow.check();
  await expect(everyRow).toHaveJSProperty("indeterminate", false);
  await expect(bar).toContainText("2 deliveries chosen");
  const download = page.waitForEvent("download");
  await bar.getByRole("link", { name: /^CSV/ }).click();
  const csv = await readFile(await (await download).path(), "utf8");
  expect(csv.trim().split("\r\n")).toHaveLength(3);
  expect(csv).toContain("msg_too_long");

  await setFault(stack.sandbox, "slack", null);
  await bar.getByRole("button", { name: "Replay 2…" }).click();
  const dialog = page.getByRole("dialog", { name: "Replay 2 messages?" });
  await dialog.getByRole("button", { name: "Replay 2" }).click();
  await page.waitForURL(/\/admin\/replays\/rpl_/);
  await expect(page.getByText("All 2 were delivered.")).toBeVisible({ timeout: 60_000 });
  for (const person of [ada, bea]) {
    expect(await eventually(() => readReceived(stack.sandbox, person), hasAll)).toEqual(everythingOnce);
  }
});
