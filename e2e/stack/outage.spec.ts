import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { requiredNames } from "@eventfork/core/topology";
import { expect, test } from "@playwright/test";
import { newPerson, signUp } from "../support/people.ts";
import { eventually, everythingOnce, hasAll, readReceived } from "../support/sandbox.ts";
import { spawnStack } from "../support/stack.ts";

/** A separate broker that this test can stop and start. */
async function startBroker(port: number, dataDir: string): Promise<ChildProcess> {
  const child = spawn("node", ["packages/local/src/processes/broker.ts", String(port), dataDir], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  await once(child, "message");
  return child;
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}

const hasEachConsumerNoticed = (output: string) =>
  requiredNames.every((name) => new RegExp(`\\[consumer\\.${name}\\].*polling failed`).test(output));

const medianOf = (times: readonly number[]) =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;

test("a sign-up is as fast while SNS is down, and its three deliveries happen once each after the recovery", async () => {
  const port = await findFreePort();
  const dataDir = mkdtempSync(join(tmpdir(), "eventfork-broker-"));
  let broker = await startBroker(port, dataDir);
  const stack = await spawnStack({ web: "built", env: { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` } });
  try {
    await signUp(stack.web, newPerson());
    const times = { up: [] as number[], down: [] as number[] };
    for (let i = 0; i < 5; i++) times.up.push((await signUp(stack.web, newPerson())).ms);

    const seen = stack.lines.length;
    broker.kill("SIGKILL");
    await once(broker, "exit");
    const atTheCrash = await signUp(stack.web, newPerson());
    // SNS times out after 2 s; a sign-up does not wait for it.
    expect(atTheCrash.ms, "milliseconds until the sign-up was answered at the crash").toBeLessThan(1_000);
    const output = await eventually(async () => stack.lines.slice(seen).join("\n"), hasEachConsumerNoticed);
    expect(hasEachConsumerNoticed(output), output).toBe(true);
    const people = [atTheCrash];
    for (let i = 0; i < 5; i++) {
      const person = await signUp(stack.web, newPerson());
      times.down.push(person.ms);
      people.push(person);
    }
    expect(Math.min(...times.down), JSON.stringify(times)).toBeLessThan(300);
    expect(medianOf(times.down), JSON.stringify(times)).toBeLessThan(medianOf(times.up) * 1.3);
    for (const person of people) expect(hasAll(await readReceived(stack.sandbox, person))).toBe(false);

    broker = await startBroker(port, dataDir);
    for (const person of people) {
      expect(await eventually(() => readReceived(stack.sandbox, person), hasAll, 60_000)).toEqual(everythingOnce);
    }
    await sleep(5_000);
    for (const person of people) expect(await readReceived(stack.sandbox, person)).toEqual(everythingOnce);
  } finally {
    await stack.stop();
    broker.kill("SIGKILL");
  }
});
