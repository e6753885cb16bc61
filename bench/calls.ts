import { type RequiredName, requiredNames } from "@eventfork/core/topology";
import type { LedgerEntry } from "@eventfork/local/sandbox";

export type Calls = Record<RequiredName, number>;

/** How many calls each third party has had so far, by the sandbox's own count: those taken and those refused. */
export async function readCalls(sandboxUrl: string): Promise<Calls> {
  const entries = requiredNames.map(async (name) => {
    const response = await fetch(`${sandboxUrl}/_sandbox/ledger/${name}?limit=0`);
    const { accepted, refused, faulted } = (await response.json()) as LedgerEntry;
    return [name, accepted + refused + faulted] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as Calls;
}
