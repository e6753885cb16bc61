const maximumBatch = 500;

const maximumArrearsMs = 1_000;

export class RateLimiter {
  private from: number;
  private spent = 0;

  /** @param idleMs since the last send: makes at most one message due. */
  constructor(idleMs: number, perSecond: number) {
    this.from = performance.now() - Math.max(0, Math.min(idleMs, 1_000 / perSecond));
  }

  due(perSecond: number): number {
    const now = performance.now();
    const arrears = ((now - this.from) * perSecond) / 1_000 - this.spent;
    const most = Math.max(1, (maximumArrearsMs * perSecond) / 1_000);
    if (arrears > most) {
      this.from = now - maximumArrearsMs;
      this.spent = Math.max(0, (maximumArrearsMs * perSecond) / 1_000 - most);
    }
    return Math.max(0, Math.min(maximumBatch, Math.floor(Math.min(arrears, most))));
  }

  acquire(count: number): void {
    this.spent += count;
  }

  /** At least 20 ms, to avoid a busy loop. */
  msUntilDue(perSecond: number): number {
    const dueAt = this.from + ((this.spent + 1) * 1_000) / perSecond;
    return Math.max(20, dueAt - performance.now());
  }
}
