import { expect } from "@playwright/test";
import { visit } from "../../infra/cost/cost.ts";
import { newPage, waitUntilHydrated } from "../support/browser.ts";
import { newPerson } from "../support/people.ts";
import { test } from "../support/stack.ts";

test("a new visitor's sign-up makes the requests that docs/operations/deploy.md counts", async ({ browser, stack }) => {
  const page = await newPage(browser);
  const seen: { isServers: boolean; bytes: number }[] = [];
  const noted: Promise<void>[] = [];
  page.on("requestfinished", (request) => {
    const { pathname } = new URL(request.url());
    const isServers = !pathname.startsWith("/_next/static/") && !/\.(svg|ico|png)$/.test(pathname);
    noted.push(
      request.sizes().then(({ responseBodySize, responseHeadersSize }) => {
        seen.push({ isServers, bytes: responseBodySize + responseHeadersSize });
      }),
    );
  });
  await page.goto(`${stack.web}/sign-up`);
  await waitUntilHydrated(page);
  const person = newPerson("Grace Hopper");
  await page.getByLabel("Name").fill(person.name);
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: "Hello, Grace Hopper" })).toBeVisible();
  await page.waitForLoadState("networkidle");
  await Promise.all(noted);
  const bytes = seen.reduce((sum, each) => sum + each.bytes, 0);
  expect([seen.length, seen.filter(({ isServers }) => isServers).length]).toEqual([
    visit.requests,
    visit.serverRequests,
  ]);
  expect(bytes / visit.bytes).toBeGreaterThan(0.95);
  expect(bytes / visit.bytes).toBeLessThan(1.05);
});
