import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { callAuth, newPerson, signUp } from "../support/people.ts";
import { eventually, everythingOnce, hasAll, type Received, readReceived, setFault } from "../support/sandbox.ts";
import { partsOf, spawnStack } from "../support/stack.ts";

test.skip(process.platform !== "linux", "reads /proc");

test("stopping leaves no process or lock, and the next start keeps people, events, queued messages and rules", async () => {
  const first = await spawnStack();
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

  const second = await spawnStack({ stateDir: first.stateDir });
  try {
    expect(second.admin).toEqual(first.admin);
    expect((await callAuth(second.web, "sign-in/email", person)).status).toBe(200);
    expect(await eventually(() => readReceived(second.sandbox, queued), hasAll)).toEqual(everythingOnce);
    const isLoginCounted = ({ track }: Received) => track > 1;
    const afterLogin = await eventually(() => readReceived(second.sandbox, delivered), isLoginCounted);
    expect(afterLogin).toEqual({ ...everythingOnce, track: 2 });
  } finally {
    expect(await second.stop("SIGTERM")).toBeLessThan(10_000);
  }
  expect(partsOf(second)).toEqual([]);
});
