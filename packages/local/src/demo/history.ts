import { listOn, type Messaging, queueOf, sendMessages } from "@eventfork/core/aws";
import { archive } from "@eventfork/core/dead-letters";
import { consume } from "@eventfork/core/deliveries";
import type { Ctx } from "@eventfork/core/kernel";
import { noMetrics, silentLogger } from "@eventfork/core/kernel";
import * as Outbox from "@eventfork/core/outbox";
import { type IntegrationName, integrations, visibilityFactor } from "@eventfork/core/topology";
import { toRecord } from "@eventfork/worker/mappings";
import { createRandom } from "../sandbox/faults.ts";
import { type Clock, createClock, secondMs } from "./clock.ts";
import { createPastMessaging, createPastQueueClient, type PastMessaging } from "./messaging.ts";
import { createQueues, type Queues } from "./queues.ts";
import { startThirdParties, type ThirdParties } from "./third-parties.ts";
import type { Weather } from "./weather.ts";

const never = Number.POSITIVE_INFINITY;

/** A past in which core's own code does what it does in the present: only its clock, its queues and its third parties are the past's. */
export class History {
  readonly ctx: Ctx & { messaging: PastMessaging };
  readonly clock: Clock;
  readonly #queues: Queues = createQueues();
  readonly #thirdParties: ThirdParties;
  readonly #random: () => number;
  /** Until when a pause keeps an integration's consumer from its queue. */
  readonly #pausedUntil = new Map<IntegrationName, number>();

  static async begin(real: Ctx, options: { from: number; seed: number; weather: Weather }): Promise<History> {
    return new History(real, await startThirdParties(options.weather), options);
  }

  private constructor(real: Ctx, thirdParties: ThirdParties, { from, seed }: { from: number; seed: number }) {
    this.clock = createClock(from);
    const messaging = createPastMessaging(real.messaging, this.#queues, this.clock);
    this.ctx = { ...real, messaging, now: this.clock.now, log: silentLogger };
    this.#thirdParties = thirdParties;
    this.#random = createRandom(seed);
  }

  /** Records an event at the clock's time, and publishes it a moment later, as the web app does after its response. */
  async record(event: Outbox.NewEvent): Promise<string> {
    const { db } = this.ctx;
    const time = this.clock.now();
    const { id } = await Outbox.record(db, { ...event, time });
    await db.event.update({ where: { id }, data: { recordedAt: time }, select: { id: true } });
    await this.publish();
    return id;
  }

  async publish(): Promise<void> {
    this.clock.advance(60 + this.#random() * 160);
    await Outbox.publishPending(this.ctx);
  }

  /** Lets the time pass: consumers take what is in their queues, and what dies is archived. */
  async passUntil(ms: number): Promise<void> {
    for (;;) {
      const next = this.#findNext();
      if (next === undefined || next.at > ms) break;
      this.clock.set(next.at);
      await (next.isDead ? this.#archive(next.name) : this.#consume(next.name));
    }
    this.clock.set(ms);
  }

  /** An operator has paused an integration, or resumed it. */
  async notePause(name: IntegrationName): Promise<void> {
    const state = await this.ctx.db.integrationState.findUnique({ where: { integration: name } });
    const isPaused = state !== null && state.pausedAt !== null;
    this.#pausedUntil.set(name, isPaused ? (state.probeAt?.getTime() ?? never) : 0);
  }

  /** Ends the past: what is still in its queues goes on in the real ones. */
  async end(real: Messaging): Promise<void> {
    await this.#thirdParties.stop();
    for (const name of listOn(real)) {
      const { url } = queueOf(real, name);
      const left = this.#queues.drain(url).map(({ Body = "" }) => ({ MessageBody: Body }));
      const refusal = (await sendMessages(real.sqs, url, left)).find((one) => one !== null);
      if (refusal !== undefined) throw new Error(`${name}'s queue did not take what the past has left: ${refusal}`);
    }
  }

  #findNext(): { at: number; name: IntegrationName; isDead: boolean } | undefined {
    const due = listOn(this.ctx.messaging).flatMap((name) => {
      const { url, deadLetterUrl } = queueOf(this.ctx.messaging, name);
      const windowMs = integrations[name].batch.windowSeconds * secondMs;
      const at = Math.max(this.#queues.nextAt(url) + windowMs, this.#pausedUntil.get(name) ?? 0);
      return [
        { at, name, isDead: false },
        { at: this.#queues.nextAt(deadLetterUrl) + 2 * secondMs, name, isDead: true },
      ];
    });
    const next = due.sort((a, b) => a.at - b.at)[0];
    return next?.at === never ? undefined : next;
  }

  async #consume(name: IntegrationName): Promise<void> {
    const queue = queueOf(this.ctx.messaging, name);
    const topology = integrations[name];
    // Each consumer has a time of its own: while one waits for its third party, the others go on.
    const isPaused = (this.#pausedUntil.get(name) ?? 0) > 0;
    const earlierMs = isPaused ? 0 : Math.floor(this.#random() * 0.8 * topology.batch.windowSeconds * secondMs);
    const clock = createClock(this.clock.ms() - earlierMs);
    const hiddenUntil = this.clock.ms() + topology.timeoutSeconds * visibilityFactor * secondMs;
    const messages = this.#queues.receive(queue.url, { at: clock.ms(), max: topology.batch.size, hiddenUntil });
    const records = messages.map((message) => toRecord(message, queue.url));
    const sqs = createPastQueueClient(this.ctx.messaging.sqs, this.#queues, clock);
    const { batchItemFailures } = await consume(
      {
        ...{ db: this.ctx.db, log: silentLogger, now: clock.now, metrics: noMetrics },
        ...{ integration: name, topology, messaging: { sqs, queue }, random: this.#random, retryScale: 1 },
        connection: this.#thirdParties.connect(name, clock),
      },
      records,
      new AbortController().signal,
    );
    const kept = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const done = records.map(({ messageId }) => messageId).filter((id) => !kept.has(id));
    this.#queues.remove(queue.url, done);
    if (kept.size > 0 || isPaused) await this.notePause(name);
  }

  async #archive(name: IntegrationName): Promise<void> {
    const { deadLetterUrl } = queueOf(this.ctx.messaging, name);
    const at = this.clock.ms();
    const messages = this.#queues.receive(deadLetterUrl, { at, max: 10, hiddenUntil: never });
    await archive(
      { ...this.ctx, integration: name },
      messages.map((message) => toRecord(message, deadLetterUrl)),
    );
    this.#queues.remove(
      deadLetterUrl,
      messages.map(({ MessageId = "" }) => MessageId),
    );
  }
}
