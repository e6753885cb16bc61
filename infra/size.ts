type SizeSettings = {
  /** The database's instance class, without `db.`. */
  instance: "t4g.micro";
  /** Of the instance class. Source: AWS, "DB instance class types". */
  memoryBytes: number;
  /** The two NAT instances, the first of which is the tunnel's bastion too. */
  vpcInstance: "t4g.nano" | "t4g.micro";
  /** In a permanent stage; others keep one day. */
  backupDays: number;
  /** The most that the web app's server may run at the same time, where the account can reserve it. */
  webConcurrency: number | undefined;
};

const gib = 1024 ** 3;

/**
 * `trial` fits an account on AWS's Free plan, which has 10 concurrent executions, one day of backups, and no instance
 * below `t4g.micro`. Sources: yc-software/qm#352, aws-samples/eks-workshop-v2#1644, aws-devtools-labs/aws-blocks#92.
 */
export const sizes = {
  trial: {
    instance: "t4g.micro",
    memoryBytes: gib,
    vpcInstance: "t4g.micro",
    backupDays: 1,
    webConcurrency: undefined,
  },
  standard: {
    instance: "t4g.micro",
    memoryBytes: gib,
    vpcInstance: "t4g.nano",
    backupDays: 14,
    webConcurrency: 40,
  },
} as const satisfies Record<string, SizeSettings>;

export type Size = keyof typeof sizes;

export const sizeNames = Object.keys(sizes) as readonly Size[];

/**
 * RDS's formula is memory / 9531392, of the memory that the operating system and RDS leave: `db.t4g.micro` has some 80
 * connections, not 112. Source: AWS Prescriptive Guidance, "max_connections".
 */
export function maxConnections(size: Size): number {
  return Math.floor((0.7 * sizes[size].memoryBytes) / 9_531_392);
}
