import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { EventforkError } from "../../platform/index.ts";
import { createHashQueue, type HashRequest, hashParallelism } from "./hash-queue.ts";

const from = (network: string) => {
  return { logIn: { purpose: "log_in", network }, signUp: { purpose: "sign_up", network } } as const;
};
const { logIn, signUp } = from("192.0.2.1");

function hold() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { hash: () => promise, end: resolve };
}

const secondsOf = (error: unknown) => {
  if (!(error instanceof EventforkError) || error.code !== "UNAVAILABLE") return error;
  return Number(error.problems[0]?.message);
};

async function queueWithHashesOf(ms: number, parallelism = 1) {
  const queue = createHashQueue({ parallelism });
  for (let i = 0; i < 20; i += 1) await queue.run(logIn, () => sleep(ms));
  return queue;
}

describe("password hashing", () => {
  test("leaves a core to the event loop, and a thread to file and DNS calls", () => {
    expect(hashParallelism).toBeGreaterThanOrEqual(1);
    expect(hashParallelism).toBeLessThanOrEqual(3);
  });

  test("never exceeds its parallelism", async () => {
    const queue = createHashQueue({ parallelism: 2 });
    let running = 0;
    let most = 0;
    const hash = async () => {
      running += 1;
      most = Math.max(most, running);
      await sleep(2);
      running -= 1;
    };
    await Promise.all(Array.from({ length: 20 }, () => queue.run(signUp, hash)));
    expect(most).toBe(2);
  });

  test("serves log-ins before earlier sign-ups, and each kind in order", async () => {
    const queue = createHashQueue({ parallelism: 1 });
    const first = hold();
    const order: string[] = [];
    const ask = (request: HashRequest, name: string) => queue.run(request, async () => void order.push(name));
    const all = [queue.run(signUp, first.hash), ask(signUp, "s1"), ask(signUp, "s2"), ask(logIn, "l1")];
    all.push(ask(logIn, "l2"));
    first.end();
    await Promise.all(all);
    expect(order).toEqual(["l1", "l2", "s1", "s2"]);
  });

  test("a sign-up that would wait longer than 2 s is refused with the time to wait; a log-in still waits", async () => {
    const queue = createHashQueue({ parallelism: 1 });
    const first = hold();
    const running = queue.run(logIn, first.hash);
    const waiting = Array.from({ length: 20 }, () => queue.run(signUp, async () => "hashed"));
    const from = performance.now();
    const refused = await queue.run(signUp, async () => "hashed").catch(secondsOf);
    expect(performance.now() - from).toBeLessThan(100);
    expect(refused).toBe(3);
    const loggedIn = queue.run(logIn, async () => "logged in");
    first.end();
    expect(await loggedIn).toBe("logged in");
    expect(await Promise.all([running, ...waiting])).toHaveLength(21);
  });

  test("a log-in that would wait too long is refused as well", async () => {
    const queue = createHashQueue({ parallelism: 1 });
    const first = hold();
    const running = queue.run(logIn, first.hash);
    const waiting = Array.from({ length: 100 }, () => queue.run(logIn, async () => undefined));
    expect(await queue.run(logIn, async () => undefined).catch(secondsOf)).toBeGreaterThan(9);
    first.end();
    await Promise.all([running, ...waiting]);
  });

  test("the wait is measured from recent hashes: fast ones let more sign-ups wait", async () => {
    const queue = await queueWithHashesOf(1);
    const first = hold();
    const running = queue.run(logIn, first.hash);
    const waiting = Array.from({ length: 40 }, () => queue.run(signUp, async () => "hashed"));
    first.end();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(["hashed"]));
    await running;
  });

  test("a sign-up that log-ins have overtaken for 2 s is refused when its turn would come", async () => {
    const queue = await queueWithHashesOf(1);
    const first = hold();
    const running = queue.run(logIn, first.hash);
    let isHashed = false;
    const refused = queue
      .run(signUp, async () => {
        isHashed = true;
      })
      .catch(secondsOf);
    await sleep(2_050);
    first.end();
    expect(await refused).toBeGreaterThanOrEqual(1);
    await running;
    expect(isHashed).toBe(false);
  });

  test("networks take turns: a network with many requests delays others by one hash", async () => {
    const queue = createHashQueue({ parallelism: 1 });
    const first = hold();
    const order: string[] = [];
    const ask = (request: HashRequest, name: string) => queue.run(request, async () => void order.push(name));
    const all = [queue.run(logIn, first.hash), ...["a1", "a2", "a3", "a4", "a5"].map((name) => ask(logIn, name))];
    all.push(
      ask(from("192.0.2.2").logIn, "b1"),
      ask(from("192.0.2.3").logIn, "c1"),
      ask(from("192.0.2.2").logIn, "b2"),
    );
    first.end();
    await Promise.all(all);
    expect(order).toEqual(["a1", "b1", "c1", "a2", "b2", "a3", "a4", "a5"]);
  });

  test("only a network that has filled its queue is refused, for log-ins and sign-ups", async () => {
    const queue = createHashQueue({ parallelism: 1 });
    const first = hold();
    const hash = async () => "hashed";
    const running = queue.run(logIn, first.hash);
    const flood = Array.from({ length: 300 }, () => queue.run(logIn, hash).catch(secondsOf));
    const others = ["192.0.2.2", "2001:db8::"].map(from);
    const asked = others.flatMap((other) => [queue.run(other.logIn, hash), queue.run(other.signUp, hash)]);
    first.end();
    expect(await Promise.all(asked)).toEqual(["hashed", "hashed", "hashed", "hashed"]);
    expect((await Promise.all(flood)).filter((answer) => answer !== "hashed")).toHaveLength(200);
    await running;
  });

  test("every fourth hash is a sign-up's while log-ins wait, too", async () => {
    const queue = createHashQueue({ parallelism: 1 });
    const first = hold();
    const order: string[] = [];
    const ask = (request: HashRequest, name: string) => queue.run(request, async () => void order.push(name));
    const all = [queue.run(signUp, first.hash), ...["s", "s", "s"].map((name) => ask(signUp, name))];
    all.push(...Array.from({ length: 8 }, () => ask(logIn, "l")));
    first.end();
    await Promise.all(all);
    expect(order.join("")).toBe("lllslllslls");
  });

  test("a hash that fails lets the next one start", async () => {
    const queue = createHashQueue({ parallelism: 1 });
    const failed = queue.run(signUp, () => Promise.reject(new Error("no memory")));
    const next = queue.run(signUp, async () => "hashed");
    await expect(failed).rejects.toThrow("no memory");
    expect(await next).toBe("hashed");
  });
});
