type SizeSettings = {
  /** RDS instance class, without `db.`. */
  instance: "t4g.micro";
  /** Source: AWS, "DB instance class types". */
  memoryBytes: number;
  vpcInstance: "t4g.nano" | "t4g.micro";
  /** In a permanent stage; others keep one day. */
  backupDays: number;
  /** Reserved only where the account's quota allows it. */
  webConcurrency: number | undefined;
};

const gib = 1024 ** 3;

/**
 * `trial` fits AWS's Free plan: 10 concurrent executions, one day of backups, `t4g.micro` at least. Sources:
 * yc-software/qm#352, aws-samples/eks-workshop-v2#1644, aws-devtools-labs/aws-blocks#92.
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
 * RDS divides what the system leaves, so `db.t4g.micro` has some 80, not 112. Source: AWS Prescriptive Guidance,
 * "max_connections".
 */
export function maxConnections(size: Size): number {
  return Math.floor((0.7 * sizes[size].memoryBytes) / 9_531_392);
}
