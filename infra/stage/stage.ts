import { writeFileSync } from "node:fs";
import { type Size, sizeNames } from "./size.ts";

type Env = Readonly<Record<string, string | undefined>>;

export type Stage = {
  name: string;
  /** Holds real data: protected, backed up, monitored, never the target of `sst dev`. */
  isPermanent: boolean;
  region: string;
  size: Size;
  /** `rds` creates a database in a VPC; `own` uses the secret `DatabaseUrl`. */
  database: "rds" | "own";
  /** An existing VPC that SST created. */
  vpcId: string | undefined;
  databaseHost: string | undefined;
  /** Refuses the writes of people and producers. */
  isInMaintenance: boolean;
  hasProxy: boolean;
  isMultiAz: boolean;
  nat: "ec2" | "managed";
  alarmEmail: string | undefined;
  domain: string | undefined;
  /** A verified SES identity in this region; undefined sends no mail. */
  mailFrom: string | undefined;
  emailVerification: "required" | "off";
  signUpEvent: "on_confirmation" | "on_sign_up";
};

const permanentStages = ["production", "staging"];

/** CloudWatch, IAM and SQS names contain it. */
const stageName = /^[a-z][a-z0-9-]{0,19}$/;

/** Regions with arm64 Lambda, Node 24 and t4g RDS. Source: AWS's list of regions. */
const regions = [
  ...["us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "ca-west-1", "mx-central-1", "sa-east-1"],
  ...["eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3"],
  ...["ap-east-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-1"],
  ...["ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-7", "af-south-1"],
  ...["il-central-1", "me-central-1", "me-south-1"],
];

/** @throws Error naming every problem, before anything is created. */
export function readStage(name: string, env: Env): Stage {
  const problems: string[] = [];
  const choose = <Choice extends string>(variable: string, choices: readonly Choice[], fallback: Choice): Choice => {
    const value = env[variable] || fallback;
    const chosen = choices.find((choice) => choice === value);
    if (chosen === undefined) problems.push(`${variable} is "${value}": it should be ${choices.join(" or ")}`);
    return chosen ?? fallback;
  };
  const isPermanent = permanentStages.includes(name);
  if (!stageName.test(name)) {
    problems.push(
      `The stage "${name}" cannot be a part of AWS's names: take 1 to 20 lower-case letters, digits and dashes, a letter first`,
    );
  }
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || (isPermanent ? "" : "us-east-1");
  if (region === "") problems.push(`AWS_REGION is not set: say where "${name}" lives, for instance us-east-1`);
  else if (!regions.includes(region)) problems.push(`AWS_REGION is "${region}": AWS has no such region`);
  const alarmEmail = env.EVENTFORK_ALARM_EMAIL || undefined;
  if (alarmEmail === undefined && isPermanent) {
    problems.push(`EVENTFORK_ALARM_EMAIL is not set: "${name}" needs an address to tell when something is wrong`);
  } else if (alarmEmail !== undefined && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(alarmEmail)) {
    problems.push(`EVENTFORK_ALARM_EMAIL is "${alarmEmail}": it should be an e-mail address`);
  }
  const domain = env.EVENTFORK_DOMAIN || undefined;
  if (domain !== undefined && !/^([a-z0-9-]+\.)+[a-z]{2,}$/.test(domain)) {
    problems.push(`EVENTFORK_DOMAIN is "${domain}": it should be a host name such as events.example.com`);
  }
  const vpcId = env.EVENTFORK_VPC_ID || undefined;
  if (vpcId !== undefined && !/^vpc-[0-9a-f]{8,17}$/.test(vpcId)) {
    problems.push(`EVENTFORK_VPC_ID is "${vpcId}": it should be the id of a VPC, such as vpc-0123456789abcdef0`);
  }
  const databaseHost = env.EVENTFORK_DATABASE_HOST || undefined;
  if (databaseHost !== undefined && !/^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$/.test(databaseHost)) {
    problems.push(`EVENTFORK_DATABASE_HOST is "${databaseHost}": it should be the endpoint of an RDS instance`);
  }
  const mailFrom = env.EVENTFORK_MAIL_FROM || undefined;
  if (mailFrom !== undefined && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(mailFrom)) {
    problems.push(`EVENTFORK_MAIL_FROM is "${mailFrom}": it should be an e-mail address`);
  }
  const settings: Stage = {
    name,
    isPermanent,
    region,
    size: choose("EVENTFORK_SIZE", sizeNames, "standard"),
    database: choose("EVENTFORK_DATABASE", ["rds", "own"], "rds"),
    vpcId,
    databaseHost,
    isInMaintenance: choose("EVENTFORK_MAINTENANCE", ["on", "off"], "off") === "on",
    hasProxy: choose("EVENTFORK_DATABASE_PROXY", ["on", "off"], "off") === "on",
    isMultiAz: choose("EVENTFORK_DATABASE_MULTI_AZ", ["on", "off"], "off") === "on",
    nat: choose("EVENTFORK_NAT", ["ec2", "managed"], "ec2"),
    alarmEmail,
    domain,
    mailFrom,
    emailVerification: choose("EVENTFORK_EMAIL_VERIFICATION", ["required", "off"], "required"),
    signUpEvent: choose("EVENTFORK_SIGN_UP_EVENT", ["on_confirmation", "on_sign_up"], "on_confirmation"),
  };
  if (databaseHost !== undefined && settings.database === "own") {
    problems.push(
      "EVENTFORK_DATABASE_HOST is set beside EVENTFORK_DATABASE=own: put the host into the secret DatabaseUrl",
    );
  }
  if (databaseHost !== undefined && settings.hasProxy) {
    problems.push(
      "EVENTFORK_DATABASE_HOST is set beside EVENTFORK_DATABASE_PROXY=on, and the proxy leads to the other database: set it to off",
    );
  }
  refuse(problems);
  return settings;
}

/** @throws Error naming all problems. */
export function refuse(problems: readonly string[]): void {
  if (problems.length === 0) return;
  const list = problems.map((problem) => `  - ${problem}`).join("\n");
  const message = `Nothing was created or changed:\n${list}\nSee docs/operations/deploy.md.`;
  throw new Error(message);
}

/** SST only logs an error of `app`, so the message goes to SST's stderr. */
export function readStageAloud(name: string, env: Env): Stage {
  try {
    return readStage(name, env);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const isShown = [`/proc/${process.ppid}/fd/2`, "/dev/tty"].some((place) => write(place, `${message}\n`));
    if (!isShown) process.stderr.write(`${message}\n`);
    throw error;
  }
}

function write(place: string, text: string): boolean {
  try {
    writeFileSync(place, text);
    return true;
  } catch {
    return false;
  }
}
