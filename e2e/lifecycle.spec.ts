import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { askAuth, newPerson, signUp } from "./people.ts";
import { eventually, everythingOnce, hasAll, type Received, readReceived, setFault } from "./sandbox.ts";
import { type RunningStack, startStack } from "./stack.ts";

/** Ids and command lines of the living processes whose environment names the state folder. */
function findProcesses(stateDir: string): { pid: number; command: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const environment = readFileSync(`/proc/${name}/environ`, "utf8");
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
        return environment.includes(stateDir) && command !== "" ? [{ pid: Number(name), command }] : [];
      } catch {
        return [];
      }
    });
}

const partsOf = (stack: RunningStack) => findProcesses(stack.stateDir).map(({ command }) => command);

test.skip(process.platform !== "linux", "reads /proc");

test("stopping leaves no process and no lock, and the next start finds people, events, queued messages and rules", async () => {
  const first = await startStack();
  const person = newPerson();
  let delivered = { id: "", email: "" };
  let queued = { id: "", email: "" };
  try {
    expect(first.startedInMs).toBeLessThan(20_000);
    delivered = await signUp(first.web, person);
    const { sandbox } = first;
    expect(await eventually(() => readReceived(sandbox, delivered), hasAll)).toEqual(everythingOnce);
    await setFault(sandbox, "slack", { status: 500 });
    queued = await signUp(first.web, newPerson());
    const others = ({ track, identify, member }: Received) => track + identify + member === 3;
    expect(await eventually(() => readReceived(sandbox, queued), others)).toEqual({ ...everythingOnce, line: 0 });
  } finally {
    expect(await first.stop("SIGINT")).toBeLessThan(10_000);
  }
  expect(partsOf(first)).toEqual([]);
  expect(existsSync(join(first.stateDir, "lock"))).toBe(false);

  const second = await startStack({ stateDir: first.stateDir });
  try {
    expect(second.admin).toEqual(first.admin);
    expect((await askAuth(second.web, "sign-in/email", person)).status).toBe(200);
    expect(await eventually(() => readReceived(second.sandbox, queued), hasAll)).toEqual(everythingOnce);
    const isLoginCounted = ({ track }: Received) => track > 1;
    const afterLogin = await eventually(() => readReceived(second.sandbox, delivered), isLoginCounted);
    expect(afterLogin).toEqual({ ...everythingOnce, track: 2 });
  } finally {
    expect(await second.stop("SIGTERM")).toBeLessThan(10_000);
  }
  expect(partsOf(second)).toEqual([]);
});

/** What a killed consumer held is hidden for six times its time-out: by this 24 s instead of up to two minutes. */
const shortTimeout = { EVENTFORK_CONSUMER_TIMEOUT_SECONDS: "4" };
const againWithinMs = 60_000;

test("a part that is killed is said and comes back, and what happens meanwhile arrives", async () => {
  test.setTimeout(240_000);
  const stack = await startStack({ env: shortTimeout });
  try {
    for (const [part, pattern] of [
      ["broker", /processes\/broker\.ts/],
      ["postgres", /bin\/postgres -D/],
      ["consumer.slack", /processes\/consumer\.ts slack/],
    ] as const) {
      const [victim] = findProcesses(stack.stateDir).filter(
        ({ command }) => pattern.test(command) && !command.includes("guard.ts"),
      );
      expect(victim, `a process for ${part}`).toBeDefined();
      const seen = stack.lines.length;
      process.kill(victim?.pid ?? 0, "SIGKILL");
      const said = await eventually(
        async () => stack.lines.slice(seen),
        (lines) => lines.some((line) => line === `${part} is back`),
      );
      expect(said.join("\n")).toMatch(new RegExp(`${part} has ended unexpectedly.*starting it again`));
      expect(said).toContain(`${part} is back`);
      const person = await signUp(stack.web, newPerson());
      const received = await eventually(() => readReceived(stack.sandbox, person), hasAll, againWithinMs);
      expect(received, `what arrived after ${part} was killed`).toEqual(everythingOnce);
    }
  } finally {
    await stack.stop();
  }
  expect(partsOf(stack)).toEqual([]);
});

test("a state folder in use, a wrong variable and a taken port are said plainly, and nothing is started", async () => {
  const stack = await startStack();
  try {
    const port = new URL(stack.web).port;
    await expect(startStack({ stateDir: stack.stateDir })).rejects.toThrow(/is in use by process \d+/);
    await expect(startStack({ env: { PORT: port } })).rejects.toThrow(new RegExp(`Port ${port} .*is taken`));
    await expect(startStack({ env: { PORT: "0.5" } })).rejects.toThrow(/PORT/);
    await expect(startStack({ env: { EVENTFORK_CONSUMER_TIMEOUT_SECONDS: "1" } })).rejects.toThrow(
      /EVENTFORK_CONSUMER_TIMEOUT_SECONDS should be 4 or more/,
    );
    await expect(startStack({ env: { SLACK_BOT_TOKEN: "secret" } })).rejects.toThrow(
      /SLACK_BOT_TOKEN should begin with xoxb-/,
    );
    await expect(startStack({ env: { DATABASE_URL: "mysql://x" } })).rejects.toThrow(/DATABASE_URL/);
  } finally {
    await stack.stop();
  }
});

test("when the supervisor itself is killed its parts end, and the next start works", async () => {
  const first = await startStack({ env: shortTimeout });
  const person = await signUp(first.web, newPerson());
  const [supervisor] = findProcesses(first.stateDir).filter(({ command }) =>
    /^\S*node packages\/local\/src\/dev/.test(command),
  );
  process.kill(supervisor?.pid ?? 0, "SIGKILL");
  expect(
    await eventually(
      async () => partsOf(first),
      (parts) => parts.length === 0,
    ),
  ).toEqual([]);
  const second = await startStack({ stateDir: first.stateDir, env: shortTimeout });
  try {
    expect(await eventually(() => readReceived(second.sandbox, person), hasAll, againWithinMs)).toEqual(everythingOnce);
  } finally {
    await second.stop();
  }
});
