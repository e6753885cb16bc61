import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "@playwright/test";
import { test } from "../support/stack.ts";

test("npm run bench -- sign-ups measures the built app, and fails exactly when a limit is exceeded", async ({
  stack: { web, admin },
}) => {
  test.setTimeout(90_000);
  const given = ["sign-ups", "--stack", JSON.stringify({ web, admin }), "--seconds", "2", "--burst", "12"];
  const run = promisify(execFile)("npm", ["run", "--silent", "bench", "--", ...given, "--rounds", "1", "--json"]);
  const { code, stdout, stderr } = await run.then(
    (done) => ({ code: 0, ...done }),
    (failed) => failed,
  );
  const { journeysMs, load } = JSON.parse(stdout || "{}");
  const measured = expect.any(Number);
  expect(journeysMs, stderr).toEqual({ signUp: measured, logIn: measured, resetRequest: measured });
  const { calls, problems } = load;
  expect(calls["sign-ups, done"].count).toBeGreaterThan(3);
  expect(calls["sign-ups, done"].count + load.refused).toBeGreaterThan(12);
  for (const kind of ["log-ins", "/sign-up", "/api/health", "/admin"]) expect(calls[kind].count).toBeGreaterThan(3);
  expect(problems.filter((problem: string) => !/: p95 \d+ ms/.test(problem))).toEqual([]);
  expect(code).toBe(problems.length === 0 ? 0 : 1);
});
