import { setTimeout as sleep } from "node:timers/promises";
import type { LedgerEffect, LedgerEntry } from "@eventfork/local/sandbox";

type Integration = "analytics" | "mailchimp" | "slack";

export async function readLedger(sandbox: string, integration: Integration): Promise<LedgerEntry> {
  const response = await fetch(`${sandbox}/_sandbox/ledger/${integration}`);
  return (await response.json()) as LedgerEntry;
}

export async function setFault(sandbox: string, integration: Integration, fault: object | null): Promise<void> {
  const url = `${sandbox}/_sandbox/faults/${integration}`;
  const response = await (fault === null
    ? fetch(url, { method: "DELETE" })
    : fetch(url, { method: "PUT", body: JSON.stringify(fault), headers: { "content-type": "application/json" } }));
  if (!response.ok) throw new Error(`the sandbox answered ${response.status}: ${await response.text()}`);
}

export type Received = { track: number; identify: number; member: number; line: number };

/** A Slack line is found by the event's id. */
export async function readReceived(sandbox: string, person: { id: string; email: string }): Promise<Received> {
  const [analytics, mailchimp, slack] = await Promise.all([
    readLedger(sandbox, "analytics"),
    readLedger(sandbox, "mailchimp"),
    readLedger(sandbox, "slack"),
  ]);
  const count = (effects: LedgerEffect[]) => effects.reduce((sum, effect) => sum + effect.count, 0);
  const calls = analytics.effects.filter(({ detail }) => detail.userId === person.id);
  const tracks = calls.filter(({ detail }) => detail.type === "track");
  return {
    track: count(tracks),
    identify: count(calls) - count(tracks),
    member: count(mailchimp.effects.filter((effect) => JSON.stringify(effect).includes(person.email))),
    line: count(slack.effects.filter(({ key }) => tracks.some((track) => track.key === key))),
  };
}

export const everythingOnce: Received = { track: 1, identify: 1, member: 1, line: 1 };

export const hasAll = (received: Received) => Object.values(received).every((times) => times > 0);

export async function eventually<T>(
  read: () => Promise<T>,
  isDone: (value: T) => boolean,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (isDone(value) || Date.now() > deadline) return value;
    await sleep(100);
  }
}

export async function readLink(sandbox: string, to: string, subject: string): Promise<string> {
  const mails = await eventually(
    async () => {
      const response = await fetch(`${sandbox}/_sandbox/mail`);
      const { mails: all } = (await response.json()) as { mails: { to: string; subject: string; text: string }[] };
      return all.filter((mail) => mail.to === to && mail.subject === subject);
    },
    (found) => found.length > 0,
  );
  return /https?:\/\/\S+/.exec(mails[0]?.text ?? "")?.[0] ?? "";
}
