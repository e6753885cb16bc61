import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { checkHealth } from "@eventfork/core/health";
import { silentLogger } from "@eventfork/core/platform";
import { type Auth, createAuth } from "@eventfork/core/users";
import { createTestCtx, type TestCtx } from "@eventfork/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signUpForm } from "../lib/auth-forms.ts";
import { answerForm, findReturned } from "./http/forms.ts";
import { appRouter } from "./routers/index.ts";

const person = { name: "Ada Lovelace", password: "correct horse battery" };
const loadMs = 5_000;

let ctx: TestCtx;
let auth: Auth;
let server: Server;
let baseURL: string;

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === "/api/health") return Response.json(await checkHealth(ctx));
  if (pathname === "/api/forms/sign-up") return answerForm({ auth, baseURL }, request, signUpForm);
  if (pathname !== "/overview") return auth.handler(request);
  const admin = { id: "usr_admin", name: "", email: "a@x.dev", role: "admin", marketingConsent: false } as const;
  const caller = appRouter.createCaller({ ...ctx, person: { ...admin, createdAt: new Date() } });
  return Response.json({ keys: Object.keys(await caller.overview.read({})) });
}

beforeAll(async () => {
  ctx = await createTestCtx();
  server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method = "GET", url = "/", headers } = incoming;
    const pairs = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
    const body = method === "GET" ? null : Buffer.concat(chunks);
    const response = await answer(new Request(`${baseURL}${url}`, { method, headers: pairs, body }));
    outgoing.writeHead(response.status, { ...Object.fromEntries(response.headers), connection: "close" });
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  auth = createAuth({
    ...{ db: ctx.db, baseURL, log: silentLogger, sendMail: null, isVerificationRequired: false },
    secret: "a secret that only this suite's sessions are signed with",
    clientIp: { header: "x-client-ip", trustedProxies: [] },
  });
});

afterAll(async () => {
  server.close();
  await ctx.db.$disconnect();
});

let calls = 0;

function ownAddress(): string {
  calls += 1;
  return `10.${calls >> 16}.${calls >> 8}.${calls & 255}`;
}

async function ask(path: string, body?: string, { type = "application/json", address = ownAddress() } = {}) {
  const from = performance.now();
  const headers = { origin: baseURL, "content-type": type, "x-client-ip": address };
  const sent = body === undefined ? {} : { method: "POST", headers, body };
  const response = await fetch(`${baseURL}${path}`, { ...sent, redirect: "manual" });
  const text = await response.text();
  return { status: response.status, text, headers: response.headers, ms: performance.now() - from };
}

const signUp = (name: string) =>
  ask("/api/auth/sign-up/email", JSON.stringify({ ...person, email: `${name}@example.com` }));
const logIn = (name: string, address?: string) =>
  ask("/api/auth/sign-in/email", JSON.stringify({ email: `${name}@example.com`, password: person.password }), {
    ...(address !== undefined && { address }),
  });

async function every<Result>(everyMs: number, begin: (i: number) => Promise<Result>): Promise<Result[]> {
  const from = performance.now();
  const begun: Promise<Result>[] = [];
  for (let i = 0; performance.now() - from < loadMs; i += 1) {
    begun.push(begin(i));
    await sleep(Math.max(0, from + (i + 1) * everyMs - performance.now()));
  }
  return Promise.all(begun);
}

async function measureSignUpMs(prefix: string): Promise<number> {
  const together = 4;
  const rounds: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    const from = performance.now();
    const warm = await Promise.all(Array.from({ length: together }, (_, i) => signUp(`${prefix}${round}-${i}`)));
    expect(new Set(warm.map(({ status }) => status))).toEqual(new Set([200]));
    rounds.push((performance.now() - from) / together);
  }
  return Math.min(...rounds);
}

const highest = (answers: readonly { ms: number }[], share: number) =>
  answers.map(({ ms }) => ms).toSorted((a, b) => a - b)[Math.ceil(answers.length * share) - 1] ?? 0;

test("under twice the hashing capacity, excess sign-ups are refused within 2 s while log-ins, health and a dashboard respond", {
  timeout: 60_000,
}, async () => {
  await signUp("first");
  const signUpMs = await measureSignUpMs("warm");
  await Promise.all([ask("/overview"), ask("/api/health")]);
  const users = await ctx.db.user.count();
  const [signUps, logIns, health, dashboard, forms] = await Promise.all([
    every(signUpMs / 2, (i) => signUp(`user${i}`)),
    every(1_000, () => logIn("first")),
    every(250, () => ask("/api/health")),
    every(500, () => ask("/overview")),
    sleep(loadMs - 500).then(() => {
      const fields = (i: number) => new URLSearchParams({ ...person, email: `form${i}@example.com` }).toString();
      const type = "application/x-www-form-urlencoded";
      return Promise.all(Array.from({ length: 6 }, (_, i) => ask("/api/forms/sign-up", fields(i), { type })));
    }),
  ]);
  const done = signUps.filter(({ status }) => status === 200);
  const refused = signUps.filter(({ status }) => status === 503);
  const figures = { signUps, done, refused, logIns, health, dashboard };
  for (const [name, answers] of Object.entries(figures)) {
    const [p50, p95] = [highest(answers, 0.5), highest(answers, 0.95)].map(Math.round);
    process.stdout.write(`${name}: ${answers.length}, p50 ${p50} ms, p95 ${p95} ms\n`);
  }
  expect(done.length + refused.length).toBe(signUps.length);
  expect(done.length).toBeGreaterThan(3);
  expect(refused.length).toBeGreaterThan(3);
  for (const { text, headers } of refused) {
    const seconds = Number(headers.get("retry-after"));
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(JSON.parse(text)).toEqual({ code: "BUSY", message: `Busy, try again in ${seconds} s.` });
  }
  const returned = forms.filter(({ headers }) => headers.get("location") === "/sign-up");
  expect(forms.map(({ status }) => status)).toEqual(forms.map(() => 303));
  expect(returned.length).toBeGreaterThan(1);
  const made = users + done.length + forms.length - returned.length;
  expect(await ctx.db.user.count()).toBe(made);
  expect(await ctx.db.event.count({ where: { type: "user.signed_up" } })).toBe(made);
  expect(logIns.map(({ status }) => status)).toEqual(logIns.map(() => 200));
  expect(highest(refused, 1)).toBeLessThan(3_000);
  expect(highest(health, 0.95)).toBeLessThan(500);
  expect(highest(dashboard, 0.95)).toBeLessThan(500);
  for (const { headers } of returned) {
    const [, value = ""] = /eventfork\.form=([\w-]+)/.exec(headers.get("set-cookie") ?? "") ?? [];
    const form = findReturned(baseURL, { get: () => ({ value }) }, "/sign-up");
    expect(form?.problems["form"]).toMatch(/^Busy, try again in \d+ s\.$/);
  }
});

test("a network that floods log-ins delays others by a few hashes at most", {
  timeout: 60_000,
}, async () => {
  const [flooder, other] = ["flooder", "other"];
  expect((await Promise.all([flooder, other].map(signUp))).map(({ status }) => status)).toEqual([200, 200]);
  const hashMs = await measureSignUpMs("calm-warm");
  const from = performance.now();
  const flood = Array.from({ length: 60 }, async () => {
    const statuses: number[] = [];
    while (performance.now() - from < loadMs) statuses.push((await logIn(flooder, "192.0.2.7")).status);
    return statuses;
  });
  await sleep(500);
  const [logIns, signUps] = await Promise.all([
    every(1_000, () => logIn(other)),
    every(1_500, (i) => signUp(`calm${i}`)),
  ]);
  const flooded = (await Promise.all(flood)).flat();
  for (const [name, answers] of Object.entries({ logIns, signUps })) {
    process.stdout.write(
      `${name} beside ${flooded.length}: p95 ${Math.round(highest(answers, 0.95) / hashMs)} hashes\n`,
    );
  }
  expect(new Set([...logIns, ...signUps].map(({ status }) => status))).toEqual(new Set([200]));
  expect(highest(logIns, 0.95)).toBeLessThan(20 * hashMs);
  expect(highest(signUps, 0.95)).toBeLessThan(20 * hashMs);
  expect(flooded.filter((status) => status === 200).length).toBeGreaterThan(3);
});
