import { reservableForWeb } from "./budget.ts";
import { sizes } from "./size.ts";
import type { Stage } from "./stage.ts";

/** Undefined: AWS did not report it. */
export type Account = {
  isOnFreePlan: boolean | undefined;
  concurrency: number | undefined;
  isInMailSandbox: boolean | undefined;
};

type Settings = Pick<Stage, "name" | "isPermanent" | "region" | "size" | "database" | "mailFrom">;

/** Problems would fail a deployment halfway; advice is about slowdowns. */
export function findRefusals(
  { name, isPermanent, region, size, database, mailFrom }: Settings,
  account: Account,
  needed: number,
) {
  const problems: string[] = [];
  const advice: string[] = [];
  const { backupDays, vpcInstance, webConcurrency: web } = sizes[size];
  const wayOut = "Move the account to the Paid plan (Billing console → Account plan), or set EVENTFORK_SIZE=trial";
  if (account.isOnFreePlan && database === "rds") {
    if (isPermanent && backupDays > 1) {
      problems.push(
        `The account is on AWS's Free plan, where RDS keeps one day of backups and not ${backupDays} (FreeTierRestrictionError). ${wayOut}`,
      );
    }
    if (vpcInstance === "t4g.nano") {
      problems.push(
        `The account is on AWS's Free plan, which cannot start the VPC's instances for NAT and tunnel (${vpcInstance}). ${wayOut}`,
      );
    }
  }
  const { concurrency } = account;
  if (concurrency !== undefined && concurrency < needed) {
    const trial = size === "trial" ? "" : ", or set EVENTFORK_SIZE=trial";
    problems.push(
      `The account runs ${concurrency} Lambda functions at the same time in ${region}, and "${name}" needs ${needed}. Request 1,000 in Service Quotas → AWS Lambda → Concurrent executions${trial}`,
    );
  } else if (concurrency !== undefined && web !== undefined && reservableForWeb(size, concurrency) === undefined) {
    advice.push(
      `The web app is not limited to ${web} invocations at the same time: Lambda keeps 100 of the account's ${concurrency} unreserved. Request 1,000 in Service Quotas → AWS Lambda → Concurrent executions.`,
    );
  }
  if (account.isInMailSandbox && mailFrom !== undefined) {
    const text = `SES is in its sandbox in ${region}: mail from ${mailFrom} reaches verified addresses alone, so nobody else could confirm an address. Request production access (SES console → Account dashboard)`;
    if (isPermanent) problems.push(`${text}, or leave EVENTFORK_MAIL_FROM unset`);
    else advice.push(`${text}.`);
  }
  return { problems, advice };
}

export function findVpcRefusals(id: string, region: string, found: Readonly<Record<string, string>> | Error): string[] {
  const named = `EVENTFORK_VPC_ID is "${id}"`;
  if (found instanceof Error) {
    return [`${named}, which was not found in ${region}: name a VPC of this account and region (${found.message})`];
  }
  if ("sst:ref-version" in found) return [];
  return [`${named}, which SST did not make: name the VPC of an SST app, or peer it with the one that a stage makes`];
}
