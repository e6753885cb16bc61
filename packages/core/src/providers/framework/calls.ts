import { RejectedError } from "../../platform/errors.ts";
import { type DeliveryError, defect, delivered, failed, isDefect, isDeliveryError, type Outcome } from "./define.ts";

/**
 * Halves a rejected chunk until the rejected item is alone. Another provider error ends the calls: the remaining items
 * share it.
 */
export async function deliverInCalls<Item>(
  chunks: readonly (readonly Item[])[],
  send: (chunk: readonly Item[]) => Promise<string>,
  { parallel = 1 }: { parallel?: number } = {},
): Promise<Map<Item, Outcome>> {
  const outcomes = new Map<Item, Outcome>();
  let stopped: DeliveryError | undefined;

  const deliver = async (chunk: readonly Item[]): Promise<void> => {
    const outcome = stopped === undefined ? await send(chunk).then(delivered, toFailed) : failed(stopped);
    if (!outcome.ok && outcome.error instanceof RejectedError && chunk.length > 1) {
      const middle = Math.ceil(chunk.length / 2);
      await deliver(chunk.slice(0, middle));
      return deliver(chunk.slice(middle));
    }
    if (!outcome.ok && !(outcome.error instanceof RejectedError) && !isDefect(outcome.error)) stopped = outcome.error;
    for (const item of chunk) outcomes.set(item, outcome);
  };

  const waiting = [...chunks];
  const work = async () => {
    for (let chunk = waiting.shift(); chunk !== undefined; chunk = waiting.shift()) await deliver(chunk);
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return outcomes;
}

export function deliverOneByOne<Item>(
  items: readonly Item[],
  send: (item: Item) => Promise<string>,
  options: { parallel: number },
): Promise<Map<Item, Outcome>> {
  const sendAll = async (chunk: readonly Item[]) => (await Promise.all(chunk.map(send))).join();
  return deliverInCalls(
    items.map((item) => [item]),
    sendAll,
    options,
  );
}

function toFailed(error: unknown): Outcome {
  return failed(isDeliveryError(error) ? error : defect(error));
}

/** An event that cannot be rendered fails alone. */
export function renderEach<Event, Rendered>(
  events: readonly Event[],
  render: (event: Event) => Rendered,
): { rendered: Map<Event, Rendered>; failures: Map<Event, Outcome> } {
  const rendered = new Map<Event, Rendered>();
  const failures = new Map<Event, Outcome>();
  for (const event of events) {
    try {
      rendered.set(event, render(event));
    } catch (error) {
      failures.set(event, failed(isDeliveryError(error) ? error : defect(error, "render_failed")));
    }
  }
  return { rendered, failures };
}

export function toChunks<Item>(
  items: readonly Item[],
  {
    maximumLength = Number.POSITIVE_INFINITY,
    maximumSize = Number.POSITIVE_INFINITY,
    sizeOf = () => 0,
  }: {
    maximumLength?: number;
    maximumSize?: number;
    sizeOf?: (item: Item) => number;
  },
): Item[][] {
  const chunks: Item[][] = [];
  let chunk: Item[] = [];
  let size = 0;
  for (const item of items) {
    const itemSize = sizeOf(item);
    if (chunk.length > 0 && (chunk.length === maximumLength || size + itemSize > maximumSize)) {
      chunks.push(chunk);
      chunk = [];
      size = 0;
    }
    chunk.push(item);
    size += itemSize;
  }
  return chunk.length === 0 ? chunks : [...chunks, chunk];
}

export function outcomeOf<Item>(outcomes: ReadonlyMap<Item, Outcome>, item: Item): Outcome {
  const outcome = outcomes.get(item);
  if (outcome === undefined) throw new Error("An integration has left an event without an outcome.");
  return outcome;
}
