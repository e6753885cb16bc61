/** A clock that is set by hand, for what took place before now. */
export type Clock = { now: () => Date; ms: () => number; set: (ms: number) => void; advance: (ms: number) => void };

export function createClock(startMs: number): Clock {
  let ms = startMs;
  return {
    now: () => new Date(ms),
    ms: () => ms,
    set: (to) => {
      ms = Math.max(ms, to);
    },
    advance: (by) => {
      ms += Math.max(0, Math.round(by));
    },
  };
}

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
