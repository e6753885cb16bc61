import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Ready } from "../e2e/support/stack.ts";
import { stackOptions, withStack } from "../scripts/browser/given-stack.ts";
import { beginAtRate } from "./load.ts";
import { timeCalls } from "./stack.ts";

const limitMs = 500;
const overload = 2;
const measuredTogether = 4;
const burstMs = 2_000;
const pauseMs = { page: 500, health: 250, dashboard: 500, logIn: 1_000 };

const usage = `npm run bench -- sign-ups [--seconds N] [--burst N] [--rounds N] [--stack READY] [--built] [--json]

  --seconds N    how long twice as many sign up as hashing can do (20); 0 measures the idle app alone
  --burst N      how many sign up at once before that (50)
  --rounds N     how often each journey is measured on the idle app, one after another (20)
  --stack READY  of a stack that runs already, of another revision say: its line "ready {…}"
  --built        the web app is not built again
  --json         one JSON object on standard output`;

type Target = Pick<Ready, "web" | "admin">;
type Answer = { status: number; text: string; headers: Headers; ms: number };

let calls = 0;

async function ask({ web }: Target, path: string, body?: object, cookie = ""): Promise<Answer> {
  calls += 1;
  const from = performance.now();
  const response = await fetch(`${web}${path}`, {
    redirect: "manual",
    headers: {
      ...{ origin: web, "content-type": "application/json", cookie },
      "x-forwarded-for": `10.${calls >> 16}.${(calls >> 8) & 255}.${calls & 255}`,
    },
    ...(body && { method: "POST", body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, headers: response.headers, ms: performance.now() - from };
}

const run = Date.now().toString(36);
const password = `correct horse ${run}`;
let people = 0;

function newEmail(): string {
  people += 1;
  return `ada.${run}.${people}@lovelace.dev`;
}

function signUp(target: Target, email = newEmail()): Promise<Answer> {
  return ask(target, "/api/auth/sign-up/email", { name: "Ada Lovelace", email, password });
}

const logIn = (target: Target, person: { email: string; password: string }) =>
  ask(target, "/api/auth/sign-in/email", { email: person.email, password: person.password });

function require200(answer: Answer, what: string): Answer {
  if (answer.status === 200) return answer;
  throw new Error(`${what} was answered ${answer.status}: ${answer.text.slice(0, 200)}`);
}

const cookieOf = ({ headers }: Answer) =>
  headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");

async function countPeople(target: Target, cookie: string): Promise<number> {
  const input = encodeURIComponent(JSON.stringify({ json: {} }));
  const path = `/api/trpc/people.signUps?input=${input}`;
  const { text } = require200(await ask(target, path, undefined, cookie), "people.signUps");
  const { result } = JSON.parse(text) as { result: { data: { json: { count: number }[] } } };
  return result.data.json.reduce((sum, { count }) => sum + count, 0);
}

function repeat(seconds: number, everyMs: number, begin: () => Promise<Answer>): Promise<Answer[]> {
  return beginAtRate({ count: Math.ceil((seconds * 1_000) / everyMs), everyMs }, begin);
}

function summarize(answers: readonly Answer[]) {
  const times = answers.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(times[Math.ceil(times.length * share) - 1] ?? 0);
  return { count: answers.length, p50Ms: at(0.5), p95Ms: at(0.95) };
}

const withStatus = (answers: readonly Answer[], status: number) => answers.filter((answer) => answer.status === status);

type Journeys = Record<"signUp" | "logIn" | "resetRequest", number>;

async function measureJourneys(target: Target, rounds: number): Promise<Journeys> {
  const known = { email: `known.${run}@lovelace.dev`, password };
  require200(await signUp(target, known.email), "a sign-up");
  const medianOf = async (what: string, call: () => Promise<Answer>) => {
    const [p50] = await timeCalls(rounds, async () => require200(await call(), what));
    return p50;
  };
  const { email } = known;
  return {
    signUp: await medianOf("a sign-up", () => signUp(target)),
    logIn: await medianOf("a log-in", () => logIn(target, known)),
    resetRequest: await medianOf("a reset request", () => ask(target, "/api/auth/request-password-reset", { email })),
  };
}

async function measureLoad(target: Target, { seconds, burst }: { seconds: number; burst: number }) {
  const known = { email: `known.${run}@lovelace.dev`, password };
  const admin = cookieOf(require200(await logIn(target, target.admin), "the admin's log-in"));
  const get = (path: string, cookie = "") => ask(target, path, undefined, cookie);
  const open = { page: "/sign-up", health: "/api/health" };
  for (const path of Object.values(open)) require200(await get(path), path);
  require200(await get("/admin", admin), "/admin");

  const from = performance.now();
  await Promise.all(Array.from({ length: measuredTogether }, () => signUp(target)));
  const signUpMs = (performance.now() - from) / measuredTogether;

  const before = await countPeople(target, admin);
  const lasting = seconds + burstMs / 1_000;
  const [atOnce, signUps, page, health, dashboard, logIns] = await Promise.all([
    Promise.all(Array.from({ length: burst }, () => signUp(target))),
    sleep(burstMs).then(() => repeat(seconds, signUpMs / overload, () => signUp(target))),
    repeat(lasting, pauseMs.page, () => get(open.page)),
    repeat(lasting, pauseMs.health, () => get(open.health)),
    repeat(lasting, pauseMs.dashboard, () => get("/admin", admin)),
    repeat(lasting, pauseMs.logIn, () => logIn(target, known)),
  ]);
  const all = [...atOnce, ...signUps];
  const [done, refused] = [withStatus(all, 200), withStatus(all, 503)];
  const written = (await countPeople(target, admin)) - before;
  const bounded = { page, health, dashboard };
  const problems = [
    ...Object.entries(bounded).flatMap(([name, answers]) => {
      const { p95Ms } = summarize(answers);
      return p95Ms < limitMs ? [] : [`${name}: p95 ${p95Ms} ms, limit ${limitMs} ms`];
    }),
    ...Object.entries({ ...bounded, logIns }).flatMap(([name, answers]) => {
      const failed = answers.length - withStatus(answers, 200).length;
      return failed === 0 ? [] : [`${name}: ${failed} of ${answers.length} were not answered 200`];
    }),
    ...[all.length - done.length - refused.length].flatMap((other) =>
      other === 0 ? [] : [`sign-ups: ${other} were answered with neither 200 nor 503`],
    ),
    ...[refused.filter(({ headers }) => !/^[1-9]\d*$/.test(headers.get("retry-after") ?? "")).length].flatMap((bare) =>
      bare === 0 ? [] : [`refused sign-ups: ${bare} have no Retry-After`],
    ),
    ...(written === done.length ? [] : [`sign-ups: ${done.length} were answered 200, and ${written} people written`]),
  ];
  return {
    ...{ seconds, burst, signUpsPerSecond: Math.round((overload * 10_000) / signUpMs) / 10, refused: refused.length },
    calls: {
      "sign-ups, done": summarize(done),
      "sign-ups, refused": summarize(refused),
      "log-ins": summarize(logIns),
      [open.page]: summarize(page),
      [open.health]: summarize(health),
      "/admin": summarize(dashboard),
    },
    problems,
  };
}

type Report = { rounds: number; journeysMs: Journeys; load: Awaited<ReturnType<typeof measureLoad>> | null };

function toText({ rounds, journeysMs, load }: Report): string {
  const row = (name: string, text: string) => `${name.padEnd(20)}${text}`;
  const ms = (value: number) => `${String(value).padStart(7)} ms`;
  return [
    `idle app, ${rounds} of each, one after another: medians`,
    ...Object.entries(journeysMs).map(([name, value]) => row(name, ms(value))),
    ...(load === null
      ? []
      : [
          "",
          `${load.burst} sign-ups at once, then ${load.signUpsPerSecond}/s for ${load.seconds} s, twice what hashing can do; ${load.refused} refused`,
          ...Object.entries(load.calls).map(([name, { count, p50Ms, p95Ms }]) =>
            row(name, `${String(count).padStart(5)}   p50 ${ms(p50Ms)}   p95 ${ms(p95Ms)}`),
          ),
          ...load.problems.map((problem) => `OVER  ${problem}`),
        ]),
  ].join("\n");
}

function readNumber(text: string, least: number): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < least) throw new Error(usage);
  return number;
}

export async function benchSignUps(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      ...{ built: stackOptions.built, stack: stackOptions.stack },
      seconds: { type: "string", default: "20" },
      burst: { type: "string", default: "50" },
      rounds: { type: "string", default: "20" },
      json: { type: "boolean", default: false },
    },
  });
  const rounds = readNumber(values.rounds, 1);
  const options = { seconds: readNumber(values.seconds, 0), burst: readNumber(values.burst, 1) };
  await withStack(values, "dev", async (target) => {
    const journeysMs = await measureJourneys(target, rounds);
    const load = options.seconds === 0 ? null : await measureLoad(target, options);
    const report: Report = { rounds, journeysMs, load };
    console.log(values.json ? JSON.stringify(report) : toText(report));
    if (load !== null && load.problems.length > 0) process.exitCode = 1;
  });
}
