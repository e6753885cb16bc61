import { EventforkError } from "@eventfork/core/kernel";

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
