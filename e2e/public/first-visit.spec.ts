import { expect } from "@playwright/test";
import { visit } from "../../infra/cost/cost.ts";
import { newPage, waitUntilHydrated } from "../support/browser.ts";
import { newPerson } from "../support/people.ts";
import { test } from "../support/stack.ts";

test("a new visitor's sign-up makes the requests that docs/operations/deploy.md counts", async ({ browser, stack }) => {
  const page = await newPage(browser);
  const seen = new Map<string, { isServers: boolean; bytes: number }>();
  const noted: Promise<void>[] = [];
  page.on("requestfinished", (request) => {
    const { pathname } = new URL(request.url());
    const isServers = !pathname.startsWith("/_next/static/") && !/\.(svg|ico|png)$/.test(pathname);
    // The account page loads the build's files again, from the browser's cache. Chromium sometimes fetches the icon twice.
    if (seen.has(pathname)) return;
    seen.set(pathname, { isServers, bytes: 0 });
    noted.push(
      request.sizes().then(({ responseBodySize, responseHeadersSize }) => {
        seen.set(pathname, { isServers, bytes: responseBodySize + responseHeadersSize });
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
  const requests = [...seen.values()];
  const bytes = requests.reduce((sum, each) => sum + each.bytes, 0);
  expect([requests.length, requests.filter(({ isServers }) => isServers).length]).toEqual([
    visit.requests,
    visit.serverRequests,
  ]);
  expect(bytes / visit.bytes).toBeGreaterThan(0.95);
  expect(bytes / visit.bytes).toBeLessThan(1.05);
});
