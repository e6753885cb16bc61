import { createHash } from "node:crypto";

type Inputs = Readonly<Record<string, unknown>>;

const accountId = "123456789012";
const region = "us-east-1";

export function createState(type: string, name: string, inputs: Inputs) {
  const physical = typeof inputs.name === "string" ? inputs.name : name;
  const arn = arnOf(type, physical, inputs);
  const base = { name: physical, arn, ...inputs };
  switch (type) {
    case "aws:sqs/queue:Queue": {
      const url = `https://sqs.${region}.amazonaws.com/${accountId}/${physical}`;
      return { id: url, state: { ...base, url } };
    }
    case "aws:lambda/eventSourceMapping:EventSourceMapping": {
      const uuid = uuidOf(name);
      return { id: uuid, state: { ...base, uuid } };
    }
    case "aws:rds/instance:Instance":
      return {
        id: name,
        state: { ...base, address: "database.internal", endpoint: "database.internal:5432", port: 5432, tagsAll: {} },
      };
    case "aws:ec2/vpc:Vpc":
      return { id: `${name}-id`, state: { tagsAll: vpcs["vpc-0123456789abcdef0"], ...base } };
    case "aws:lambda/functionUrl:FunctionUrl":
      return {
        id: name,
        state: { ...base, functionUrl: `https://${name.toLowerCase()}.lambda-url.${region}.on.aws/` },
      };
    case "random:index/randomPassword:RandomPassword":
      return { id: name, state: { ...base, result: "mock-database-password" } };
    case "random:index/randomBytes:RandomBytes":
      return { id: name, state: { ...base, base64: Buffer.alloc(32, 7).toString("base64") } };
    default:
      return { id: `${name}-id`, state: { domainName: `${name.toLowerCase()}.example.net`, ...base } };
  }
}

function arnOf(type: string, name: string, inputs: Inputs): string {
  switch (type) {
    case "aws:sqs/queue:Queue":
      return `arn:aws:sqs:${region}:${accountId}:${name}`;
    case "aws:sns/topic:Topic":
      return `arn:aws:sns:${region}:${accountId}:${name}`;
    case "aws:sns/topicSubscription:TopicSubscription":
      return `${inputs.topic}:${uuidOf(name)}`;
    case "aws:cloudwatch/eventBus:EventBus":
      return `arn:aws:events:${region}:${accountId}:event-bus/${name}`;
    case "aws:cloudwatch/eventRule:EventRule":
      return `arn:aws:events:${region}:${accountId}:rule/${inputs.eventBusName}/${name}`;
    case "aws:lambda/function:Function":
      return `arn:aws:lambda:${region}:${accountId}:function:${name}`;
    case "aws:iam/role:Role":
      return `arn:aws:iam::${accountId}:role/${name}`;
    case "aws:cloudwatch/logGroup:LogGroup":
      return `arn:aws:logs:${region}:${accountId}:log-group:${name}`;
    default:
      return `arn:aws:mock:${region}:${accountId}:${name}`;
  }
}

const vpcs: Readonly<Record<string, Record<string, string>>> = {
  "vpc-0123456789abcdef0": { "sst:ref-version": "2", "sst:component-version": "2" },
};

export function answerCall(token: string, inputs: Inputs): Record<string, unknown> {
  switch (token) {
    case "aws:iam/getPolicyDocument:getPolicyDocument":
      return { ...inputs, json: JSON.stringify(toPolicy(inputs.statements as readonly Statement[] | undefined)) };
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return { accountId, arn: `arn:aws:iam::${accountId}:user/test` };
    case "aws:index/getRegion:getRegion":
      return { name: region, id: region, region };
    case "aws:index/getPartition:getPartition":
      return { partition: "aws", dnsSuffix: "amazonaws.com" };
    case "aws:index/getAvailabilityZones:getAvailabilityZones":
      return { names: ["a", "b", "c"].map((zone) => region + zone) };
    case "aws:ec2/getVpc:getVpc": {
      const tags = vpcs[String(inputs.id)];
      if (tags === undefined) throw new Error(`no matching EC2 VPC found: ${inputs.id}`);
      return { ...inputs, tags };
    }
    case "aws:ec2/getSubnets:getSubnets": {
      const kind = JSON.stringify(inputs.filters).includes("Private") ? "private" : "public";
      return { ids: ["1", "2"].map((zone) => `subnet-${kind}-${zone}`) };
    }
    case "aws:ec2/getSecurityGroups:getSecurityGroups":
      return { ids: JSON.stringify(inputs.filters).includes("sst:") ? [] : ["sg-default"] };
    case "aws:ec2/getInstances:getInstances":
    case "aws:ec2/getNatGateways:getNatGateways":
      return { ids: [] };
    case "aws:route53/getZone:getZone":
      return { zoneId: "zone", linkedServiceDescription: "arn:aws:servicediscovery:us-east-1:1:namespace/ns-1" };
    case "aws:ec2/getAmi:getAmi":
      return { id: "ami-mock" };
    default:
      return { ...inputs, id: token };
  }
}

type Statement = {
  effect?: string;
  actions?: string[];
  resources?: string[];
  principals?: { type: string; identifiers: string[] }[];
  conditions?: { test: string; variable: string; values: string[] }[];
};

function toPolicy(statements: readonly Statement[] = []) {
  return {
    Version: "2012-10-17",
    Statement: statements.map(({ effect = "Allow", actions, resources, principals, conditions }) => ({
      Effect: effect,
      Action: actions,
      Resource: resources,
      ...(principals && {
        Principal: Object.fromEntries(principals.map(({ type, identifiers }) => [type, identifiers])),
      }),
      ...(conditions && {
        Condition: Object.fromEntries(conditions.map(({ test, variable, values }) => [test, { [variable]: values }])),
      }),
    })),
  };
}

function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
