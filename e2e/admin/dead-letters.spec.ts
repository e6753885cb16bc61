import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, type Page, test } from "@playwright/test";
import { fillCode, logIn } from "../support/browser.ts";
import { newPerson, signUp } from "../support/people.ts";
import { eventually, everythingOnce, hasAll, type Received, readReceived, setFault } from "../support/sandbox.ts";
import { type RunningStack, spawnStack } from "../support/stack.ts";

type SignedUp = Awaited<ReturnType<typeof signUp>>;

let stack: RunningStack;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  stack = await spawnStack({ web: "built", env: { EVENTFORK_RETRY_SCALE: "0.0001" } });
});
test.afterAll(async () => {
  await stack.stop();
});

async function signUpWithoutSlack(count: number): Promise<SignedUp[]> {
  const people: SignedUp[] = [];
  for (let i = 0; i < count; i++) people.push(await signUp(stack.web, newPerson()));
  const hasOthers = ({ track, identify, member }: Received) => track + identify + member === 3;
  for (const person of people) {
    const received = await eventually(() => readReceived(stack.sandbox, person), hasOthers);
    expect(received).toEqual({ ...everythingOnce, line: 0 });
  }
  return people;
}

const refusal = { code: "msg_too_long" };

test("Slack's failure is one group with advice, its canary fails until the repair, and each person is delivered once", async ({
  page,
}) => {
  test.slow();
  await setFault(stack.sandbox, "slack", refusal);
  const people = await signUpWithoutSlack(3);
  await logIn(page, stack.web, stack.admin);
  await page.goto(`${stack.web}/admin/dead-letters`);
  const cause = page.getByRole("region", { name: "Causes" }).getByRole("article");
  await expect(cause.getByRole("definition").first()).toHaveText("3", { timeout: 60_000 });
  await expect(cause).toHaveCount(1);
  await expect(cause).toContainText("The message is too long: shorten the event's data, then replay.");
  await expect(cause.getByRole("link", { name: /docs\.slack\.dev/ })).toHaveAttribute("href", /chat\.postMessage/);
  await expect(cause.getByRole("img", { name: /^3 dead letters in the last 24 hours/ })).toBeVisible();

  await replayCause(page);
  await expect(page.getByText(/Canary failed/)).toBeVisible({ timeout: 60_000 });
  await expect(figureOf(page, "Failed")).toHaveText("1");
  await expect(figureOf(page, "Not sent")).toHaveText("2");
  for (const person of people) expect((await readReceived(stack.sandbox, person)).line).toBe(0);

  await setFault(stack.sandbox, "slack", null);
  await page.goto(`${stack.web}/admin/dead-letters`);
  await expect(cause.getByRole("definition").first()).toHaveText("3");
  await replayCause(page);
  await expect(page.getByText("All 3 were delivered.")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/Canary passed/)).toBeVisible();
  await expect(page.getByText("Completed", { exact: true }).first()).toBeVisible();
  await expect(figureOf(page, "Delivered")).toHaveText("3");
  const messages = page.getByRole("region", { name: "Messages" }).getByRole("row");
  await expect(messages.filter({ hasText: "Delivered" })).toHaveCount(3);
  for (const person of people) expect(await readReceived(stack.sandbox, person)).toEqual(everythingOnce);

  await page.goto(`${stack.web}/admin/dead-letters`);
  await expect(page.getByText("Nothing is open")).toBeVisible();
  const list = page.getByRole("region", { name: "Every dead letter" });
  await expect(list.getByRole("row").filter({ hasText: "Resolved" })).toHaveCount(3);
  await page.goto(`${stack.web}/admin/replays`);
  await expect(page.getByRole("row").filter({ hasText: "Stopped (canary failed)" })).toHaveCount(1);
  await expect(page.getByRole("row").filter({ hasText: "3 of 3 delivered" })).toHaveCount(1);
});

async function replayCause(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Replay 3…" }).click();
  const dialog = page.getByRole("dialog", { name: "Replay 3 messages?" });
  await expect(dialog.getByRole("definition").nth(0)).toHaveText("3");
  await expect(dialog.getByRole("definition").nth(1)).toHaveText("3");
  await expect(dialog.getByRole("definition").nth(3)).toHaveText("Slack 3");
  await dialog.getByLabel("Pace, messages a second").fill("0");
  await expect(dialog.getByRole("button", { name: "Replay 3" })).toBeDisabled();
  await dialog.getByLabel("Pace, messages a second").fill("100");
  await dialog.getByLabel("Canary: send first").fill("1");
  await dialog.getByRole("button", { name: "Replay 3" }).click();
  await page.waitForURL(/\/admin\/replays\/rpl_/);
}

function figureOf(page: Page, title: string) {
  return page.getByRole("term").filter({ hasText: title }).locator("xpath=following-sibling::dd[1]");
}

test("a dead letter is masked until revealed, an invalid edit is refused at its path, and the edited payload is delivered", async ({
  page,
}) => {
  test.slow();
  await setFault(stack.sandbox, "slack", refusal);
  const [person] = await signUpWithoutSlack(1);
  if (person === undefined) throw new Error("nobody signed up");
  await logIn(page, stack.web, stack.admin);
  await page.goto(`${stack.web}/admin/dead-letters?text=${encodeURIComponent(person.email)}`);
  const row = page.getByRole("row").filter({ hasText: "Open" });
  await expect(row).toHaveCount(1, { timeout: 60_000 });
  await setFault(stack.sandbox, "slack", null);
  await row.getByRole("link").click();
  await expect(page.getByRole("region", { name: "Failure reason" })).toContainText("msg_too_long");
  await expect(page.getByText("Payload, personal data masked")).toBeVisible();
  await expect(page.getByText(person.email)).toHaveCount(0);

  await page.getByRole("button", { name: "Edit and replay…" }).click();
  await expect(page.getByRole("alertdialog")).toContainText("audit log");
  await page.getByRole("alertdialog").getByRole("button", { name: "Edit" }).click();
  await expect(page.getByText(person.email).first()).toBeVisible();
  const editor = page.getByRole("region", { name: "Edit and replay" });
  const payload = editor.getByLabel("Payload to send");
  const body = await page.getByRole("region", { name: "Payload", exact: true }).innerText();
  await fillCode(payload, body.replace(/"name": "[^"]*"/, '"name": 7'));
  await expect(payload).toHaveAttribute("aria-invalid", "true");
  await expect(editor.getByRole("listitem").filter({ hasText: "data.name" }).first()).toBeVisible();
  await expect(editor.getByRole("button", { name: "Send the edited payload…" })).toBeDisabled();
  await fillCode(payload, body.replace(/"name": "[^"]*"/, '"name": "Countess"'));
  await expect(editor.getByRole("region", { name: "Changes" })).toContainText("Countess");
  await editor.getByRole("button", { name: "Send the edited payload…" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Send it" }).click();
  await page.waitForURL(/\/admin\/replays\/rpl_/);
  await expect(page.getByText("It was delivered.")).toBeVisible({ timeout: 60_000 });
  expect(await eventually(() => readReceived(stack.sandbox, person), hasAll)).toEqual(everythingOnce);
});

test("a selection is discarded with a reason, found, exported and restored", async ({ page }) => {
  test.slow();
  await setFault(stack.sandbox, "slack", refusal);
  await signUpWithoutSlack(2);
  await logIn(page, stack.web, stack.admin);
  await page.goto(`${stack.web}/admin/dead-letters?status=open`);
  const rows = page.getByRole("region", { name: "Every dead letter" }).getByRole("row").filter({ hasText: "Open" });
  await expect(rows).toHaveCount(2, { timeout: 60_000 });
  await page.getByRole("checkbox", { name: "Choose every row of this page" }).check();
  const bar = page.getByRole("region", { name: "Selection" });
  await expect(bar).toContainText("2 dead letters chosen");
  await bar.getByRole("button", { name: "Discard 2…" }).click();
  await page.getByLabel("Reason").fill("A test of giving up.");
  await page.getByRole("button", { name: "Discard 2 dead letters" }).click();
  await expect(page.getByText("2 dead letters discarded.")).toBeVisible();
  await expect(page.getByText("No matching dead letters")).toBeVisible();

  await page.getByLabel("Status").selectOption("discarded");
  await expect(page).toHaveURL(/status=discarded/);
  await page.getByRole("button", { name: "Choose everything that this filter finds" }).click();
  await expect(bar).toContainText("Everything that this filter finds: 2 dead letters chosen");
  const download = page.waitForEvent("download");
  await bar.getByRole("link", { name: "Export 2" }).click();
  expect((await download).suggestedFilename()).toBe("dead-letters.ndjson");
  await bar.getByRole("button", { name: "Restore 2…" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Restore 2 dead letters" }).click();
  await expect(page.getByText("2 dead letters open again.")).toBeVisible();
  await setFault(stack.sandbox, "slack", null);
});

test("a viewer sees failure groups, dead letters and replays masked, and cannot change, reveal or export anything", async ({
  page,
}) => {
  test.slow();
  const viewer = newPerson();
  await signUp(stack.web, viewer);
  await promisify(execFile)(
    "npm",
    ["run", "--silent", "eventfork", "--", "users", "grant", viewer.email, "--role", "viewer", "--address-checked"],
    {
      env: { ...process.env, EVENTFORK_STATE_DIR: stack.stateDir },
    },
  );
  await setFault(stack.sandbox, "slack", refusal);
  const [person] = await signUpWithoutSlack(1);
  await logIn(page, stack.web, viewer);
  await page.goto(`${stack.web}/admin/dead-letters?text=${encodeURIComponent(person?.email ?? "")}`);
  const link = page.getByRole("region", { name: "Every dead letter" }).getByRole("link", { name: "user.signed_up" });
  await expect(link).toHaveCount(1, { timeout: 60_000 });
  await setFault(stack.sandbox, "slack", null);
  await expect(page.getByRole("checkbox")).toHaveCount(0);
  const changes = /^(Replay|Discard|Restore|Export|Choose|Show personal|Edit|Pause|Resume|Cancel|Backfill)/;
  await expect(page.getByRole("button", { name: changes })).toHaveCount(0);
  await link.click();
  await expect(page.getByText("Payload, personal data masked")).toBeVisible();
  await expect(page.getByText("•••").first()).toBeVisible();
  await expect(page.getByText(person?.email ?? "")).toHaveCount(0);
  await expect(page.getByRole("button", { name: changes })).toHaveCount(0);
  const answer = await page.request.get(`${stack.web}/api/admin/dead-letters/export`);
  expect(answer.status()).toBe(403);
  await page.goto(`${stack.web}/admin/replays`);
  await expect(page.getByRole("heading", { name: "Replays", exact: true })).toBeVisible();
  await expect(page.getByRole("link", { name: /^Backfill/ })).toHaveCount(0);
});

test("a backfill without missing events explains why and has no button", async ({ page }) => {
  await logIn(page, stack.web, stack.admin);
  await page.goto(`${stack.web}/admin/replays/backfill?integration=analytics`);
  await page.getByRole("button", { name: "See what would be sent…" }).click();
  const dialog = page.getByRole("dialog", { name: "Nothing to replay" });
  await expect(dialog).toContainText("No past event like that is missing at Analytics.");
  await expect(dialog.getByRole("button", { name: /^Replay/ })).toHaveCount(0);
});
