import { EventforkError } from "@eventfork/core/platform";

const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

export async function isConfirmed({ yes }: { yes?: boolean }, question: string): Promise<boolean> {
  if (yes === true) return true;
  if (!canAsk()) return false;
  const { confirm, isCancel } = await import("@clack/prompts");
  const answer = await confirm({ message: question, initialValue: false, output: process.stderr });
  return !isCancel(answer) && answer;
}

/** @throws EventforkError `CONFLICT` when declined, `INVALID` without a terminal. */
export async function requireConfirmation(options: { yes?: boolean }, question: string): Promise<void> {
  if (await isConfirmed(options, question)) return;
  if (canAsk()) throw new EventforkError("CONFLICT", "Nothing was changed.");
  throw new EventforkError("INVALID", `${question} Nothing was changed: say --yes, for nobody can be asked here.`);
}

type Progress = {
  show(done: number, total: number, unit: string): void;
  end(): void;
};

const wholeBar = 1_000;

export async function createProgress(title: string): Promise<Progress> {
  if (process.stderr.isTTY !== true) return { show: () => {}, end: () => {} };
  const { progress } = await import("@clack/prompts");
  const bar = progress({ style: "block", max: wholeBar, size: 24, output: process.stderr });
  const startedAt = Date.now();
  let shown = 0;
  bar.start(title);
  return {
    show(done, total, unit) {
      const share = total === 0 ? 1 : Math.min(done / total, 1);
      const step = Math.round(share * wholeBar) - shown;
      shown += step;
      bar.advance(step, `${title}: ${done} of ${total} ${unit}${formatLeft(share, Date.now() - startedAt)}`);
    },
    end: () => bar.clear(),
  };
}

export function formatLeft(share: number, tookMs: number): string {
  if (share <= 0 || share >= 1) return "";
  const seconds = Math.ceil((tookMs * (1 - share)) / share / 1_000);
  return `, ${seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`} left`;
}
