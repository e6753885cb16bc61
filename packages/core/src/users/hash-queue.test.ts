import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { EventforkError } from "../kernel/index.ts";
import { createHashQueue, hashParallelism } from "./hash-queue.ts";

/** A hash that lasts until it is ended. */
function hold() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { hash: () => promise, end: resolve };
}

const secondsOf = (error: unknown) => {
  if (!(error instanceof EventforkError) || error.code !== "UNAVAILABLE") return error;
  return Number(error.problems[0]?.message);
};

/** A queue whose hashes took this long lately. */
async function queueWithHashesOf(ms: number, parallelism = 1) {
  const queue = createHashQueue({ parallelism });
  for (let i = 0; i < 20; i += 1) await queue.run("log_in", () => sleep(ms));
  return queue;
}

describe("password hashing", () => {
  test("leaves a core to the event loop, and a thread to files and names", () => {
    expect(hashParallelism).toBeGreaterThanOrEqual(1);
    expect(hashParallelism).toBeLessThanOrEqual(3);
  });

  test("never runs more at once than it may", async () => {
    const queue = createHashQueue({ parallelism: 2 });
    let running = 0;
    let most = 0;
    const hash = async () => {
      running += 1;
      most = Math.max(most, running);
      await sleep(2);
      running -= 1;
    };
    await Promise.all(Array.from({ length: 20 }, () => queue.run("sign_up", hash)));
    expect(most).toBe(2);
  });

  test("serves log-ins before sign-ups that came earlier, and each kind in its order", async () => {
    const queue = createHashQueue({ parallelism: 1 });
    const first = hold();
    const order: string[] = [];
    const ask = (purpose: "log_in" | "sign_up", name: string) => queue.run(purpose, async () => void order.push(name));
    const all = [queue.run("sign_up", first.hash), ask("sign_up", "s1"), ask("sign_up", "s2"), ask("log_in", "l1")];
    all.push(ask("log_in", "l2"));
    first.end();
    await Promise.all(all);
    expect(order).toEqual(["l1", "l2", "s1", "s2"]);
  });

  test("a sign-up that would wait longer than 2 s is refused at once, and told how long; a log-in still waits", async () => {
    const queue = createHashQueue({ parallelism: 1 });
    const first = hold();
    const running = queue.run("log_in", first.hash);
    const waiting = Array.from({ length: 20 }, () => queue.run("sign_up", async () => "hashed"));
    const from = performance.now();
    const refused = await queue.run("sign_up", async () => "hashed").catch(secondsOf);
    expect(performance.now() - from).toBeLessThan(100);
    expect(refused).toBe(3);
    const logIn = queue.run("log_in", async () => "logged in");
    first.end();
    expect(await logIn).toBe("logged in");
    expect(await Promise.all([running, ...waiting])).toHaveLength(21);
  });

  test("a log-in does not wait without end either", async () => {
    const queue = createHashQueue({ parallelism: 1 });
    const first = hold();
    const running = queue.run("log_in", first.hash);
    const waiting = Array.from({ length: 100 }, () => queue.run("log_in", async () => undefined));
    expect(await queue.run("log_in", async () => undefined).catch(secondsOf)).toBeGreaterThan(9);
    first.end();
    await Promise.all([running, ...waiting]);
  });

  test("the wait is measured from recent hashes: fast ones let more sign-ups wait", async () => {
    const queue = await queueWithHashesOf(1);
    const first = hold();
    const running = queue.run("log_in", first.hash);
    const waiting = Array.from({ length: 40 }, () => queue.run("sign_up", async () => "hashed"));
    first.end();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(["hashed"]));
    await running;
  });

  test("a sign-up that log-ins have overtaken for 2 s is refused when its turn would come", async () => {
    const queue = await queueWithHashesOf(1);
    const first = hold();
    const running = queue.run("log_in", first.hash);
    let isHashed = false;
    const refused = queue
      .run("sign_up", async () => {
        isHashed = true;
      })
      .catch(secondsOf);
    await sleep(2_050);
    first.end();
    expect(await refused).toBeGreaterThanOrEqual(1);
    await running;
    expect(isHashed).toBe(false);
  });

  test("a hash that fails gives its place to the next", async () => {
    const queue = createHashQueue({ parallelism: 1 });
    const failed = queue.run("sign_up", () => Promise.reject(new Error("no memory")));
    const next = queue.run("sign_up", async () => "hashed");
    await expect(failed).rejects.toThrow("no memory");
    expect(await next).toBe("hashed");
  });
});
