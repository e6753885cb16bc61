import { type RequiredName, requiredNames } from "@eventfork/core/topology";
import type { LedgerEntry } from "@eventfork/local/sandbox";

export type Calls = Record<RequiredName, number>;

/** Calls that each third party has had, by the sandbox's own count, refused ones included. */
export async function readCalls(sandboxUrl: string): Promise<Calls> {
  const entries = requiredNames.map(async (name) => {
    const response = await fetch(`${sandboxUrl}/_sandbox/ledger/${name}?limit=0`);
    const { accepted, refused, faulted } = (await response.json()) as LedgerEntry;
    return [name, accepted + refused + faulted] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as Calls;
}
