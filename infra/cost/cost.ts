import type { Graph } from "../testing/graph/evaluate.ts";
import { ofType } from "../testing/graph/graph.ts";

/**
 * US dollars in us-east-1, November 2026, without a free tier. Sources: aws.amazon.com/<service>/pricing/ of rds/postgresql, vpc,
 * secrets-manager, route53, cloudwatch, sns, sqs, lambda, eventbridge and cloudfront; aws.amazon.com/ec2/pricing/on-demand/.
 */
const prices = {
  databaseHour: { "db.t4g.micro": 0.016 } as Readonly<Record<string, number>>,
  databaseGb: 0.115,
  instanceHour: { "t4g.nano": 0.0042, "t4g.micro": 0.0084 } as Readonly<Record<string, number>>,
  addressHour: 0.005,
  secret: 0.4,
  privateZone: 0.5,
  alarm: 0.1,
  metric: 0.3,
  logsGb: 0.5,
  snsMillion: 0.5,
  snsFilterGb: 0.09,
  sqsMillion: 0.4,
  invocationMillion: 0.2,
  armGbSecond: 0.000_013_333_4,
  scheduleMillion: 1,
  cloudFrontMillion: 1,
  cloudFrontGb: 0.085,
  cloudFrontFunctionMillion: 0.1,
  keyValueReadMillion: 0.03,
  edgeMillion: 0.6,
  edgeGbSecond: 0.000_050_01,
};

const hours = 730;
const minutes = hours * 60;

/** Source: Lambda developer guide, "Using Lambda with Amazon SQS": five pollers, 20 s each. */
const pollers = { count: 5, waitSeconds: 20 };

/** Not measured on AWS. A job's time includes waiting for Postgres and SQS. */
const estimates = { jobSeconds: 0.5, consumerSeconds: 0.3, webSeconds: 0.3, edgeSeconds: 0.05, logKb: 2 };

export const idleMetrics = { common: 8, ofIntegration: 1 };

/** A sign-up with an empty cache, each file once; `e2e/public/first-visit.spec.ts` counts it. Bytes are compressed, with headers. */
export const visit = { requests: 14, serverRequests: 3, bytes: 207_900 };

const envelopeBytes = 500;

/** SST's router, for each request. Source: SST, platform/src/components/aws/router.ts */
const keyValueReads = 5;

export type Line = { what: string; usd: number };

const countOf = (graph: Graph, type: string) => ofType(graph, type).length;

/** Each has a mapping of its queue and one of its DLQ. */
const countIntegrations = (graph: Graph) => countOf(graph, "lambda/eventSourceMapping:EventSourceMapping") / 2;

const usd = (amount: number) => amount.toFixed(2);

const million = 1_000_000;

function priceOf(list: Readonly<Record<string, number>>, name: unknown): number {
  const price = list[String(name)];
  if (price === undefined) throw new Error(`infra/cost/cost.ts has no price for ${name}`);
  return price;
}

export function listIdle(graph: Graph): Line[] {
  const lines: Line[] = [];
  const add = (count: number, what: string, amount: number) => {
    if (count > 0) lines.push({ what, usd: amount });
  };
  for (const { inputs } of ofType(graph, "rds/instance:Instance")) {
    const [instance, gb] = [String(inputs.instanceClass), Number(inputs.allocatedStorage)];
    add(
      1,
      `RDS \`${instance}\`, ${gb} GB gp3`,
      priceOf(prices.databaseHour, instance) * hours + gb * prices.databaseGb,
    );
  }
  const instances = ofType(graph, "ec2/instance:Instance");
  const type = instances[0]?.inputs.instanceType;
  const instanceHours = instances.reduce(
    (sum, { inputs }) => sum + priceOf(prices.instanceHour, inputs.instanceType) * hours,
    0,
  );
  const addresses = countOf(graph, "ec2/eip:Eip");
  add(
    instances.length,
    `${instances.length} NAT instances \`${type}\`, ${addresses} public addresses`,
    instanceHours + addresses * prices.addressHour * hours,
  );
  const secrets = countOf(graph, "secretsmanager/secret:Secret");
  const zones = countOf(graph, "servicediscovery/privateDnsNamespace:PrivateDnsNamespace");
  add(secrets, "Secrets Manager, a private zone of Route 53", secrets * prices.secret + zones * prices.privateZone);
  const mappings = countOf(graph, "lambda/eventSourceMapping:EventSourceMapping");
  const receives = mappings * pollers.count * ((hours * 3_600) / pollers.waitSeconds);
  add(
    mappings,
    `polling: ${pollers.count} pollers × ${mappings} queues × a receive every ${pollers.waitSeconds} s = ${(receives / million).toFixed(1)} million SQS requests`,
    (receives / million) * prices.sqsMillion,
  );
  const runs = countOf(graph, "scheduler/schedule:Schedule") * minutes;
  add(
    runs,
    `jobs: ${runs.toLocaleString("en-US")} scheduled runs of ${estimates.jobSeconds} s at 512 MB`,
    runs * (estimates.jobSeconds * 0.5 * prices.armGbSecond) +
      (runs / million) * (prices.invocationMillion + prices.scheduleMillion),
  );
  const alarms = countOf(graph, "cloudwatch/metricAlarm:MetricAlarm");
  const metrics = runs === 0 ? 0 : idleMetrics.common + idleMetrics.ofIntegration * countIntegrations(graph);
  add(
    alarms + metrics,
    `${alarms} alarms, ${metrics} metrics that always report`,
    alarms * prices.alarm + metrics * prices.metric,
  );
  return lines;
}

export function listMillion(graph: Graph): Line[] {
  const integrations = countIntegrations(graph);
  const consumerSeconds = integrations * estimates.consumerSeconds * 0.5;
  const calls = integrations + visit.serverRequests;
  return [
    {
      what: `SNS: a publish, ${integrations} filters of ${envelopeBytes} bytes`,
      usd: prices.snsMillion + ((integrations * envelopeBytes * million) / 1e9) * prices.snsFilterGb,
    },
    {
      what: `SQS: ${integrations} queues × (send by SNS, receive, delete)`,
      usd: integrations * 3 * prices.sqsMillion,
    },
    {
      what: `consumers: ${integrations} invocations of ${estimates.consumerSeconds} s at 512 MB`,
      usd: integrations * prices.invocationMillion + consumerSeconds * million * prices.armGbSecond,
    },
    {
      what: `web app: ${visit.serverRequests} invocations of ${estimates.webSeconds} s at 1,024 MB`,
      usd: visit.serverRequests * (prices.invocationMillion + estimates.webSeconds * million * prices.armGbSecond),
    },
    {
      what: `CloudFront: ${visit.requests} requests and ${Math.round(visit.bytes / 1_000)} kB`,
      usd: visit.requests * prices.cloudFrontMillion + ((visit.bytes * million) / 1e9) * prices.cloudFrontGb,
    },
    {
      what: `CloudFront function: ${keyValueReads} key value reads per request`,
      usd: visit.requests * (prices.cloudFrontFunctionMillion + keyValueReads * prices.keyValueReadMillion),
    },
    {
      what: `Lambda@Edge: ${visit.serverRequests} invocations of ${estimates.edgeSeconds} s at 128 MB`,
      usd: visit.serverRequests * (prices.edgeMillion + estimates.edgeSeconds * 0.125 * million * prices.edgeGbSecond),
    },
    {
      what: `logs of ${calls} invocations, ${estimates.logKb} KB each`,
      usd: calls * estimates.logKb * prices.logsGb,
    },
  ];
}

export const sumOf = (lines: readonly Line[]) => lines.reduce((sum, line) => sum + line.usd, 0);

function toRows(lines: readonly Line[]): string {
  return lines.map((line) => `| ${line.what} | ${usd(line.usd)} |`).join("\n");
}

export function describeCosts({ production, own }: { production: Graph; own: Graph }): string {
  const alarmsOf = (graph: Graph) => countOf(graph, "cloudwatch/metricAlarm:MetricAlarm");
  const about = (amount: number) => `**about ${Math.round(amount)} USD**`;
  return [
    "Idle, a month:\n",
    "| | USD |\n|---|--:|",
    toRows(listIdle(production)),
    `| **with RDS** | ${about(sumOf(listIdle(production)))} |`,
    `| **with a database of your own, no VPC and ${alarmsOf(production) - alarmsOf(own)} alarms fewer** | ${about(sumOf(listIdle(own)))}, and the database |`,
    "\nA million sign-ups, beyond that:\n",
    "| each | USD |\n|---|--:|",
    toRows(listMillion(production)),
    `| **in all** | ${about(sumOf(listMillion(production)))} |`,
  ].join("\n");
}
