import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { sendMessages } from "../../aws/index.ts";
import { type CompiledPattern, compilePattern, InvalidPattern, matchesPattern } from "./event-ruler.ts";

type Json = Record<string, unknown>;
type Rule = {
  pattern: string;
  compiled: CompiledPattern;
  state: string;
  description: string | undefined;
  queueUrl: string;
};

class Refused extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export type EventBus = Awaited<ReturnType<typeof startEventBus>>;

const arn = "arn:aws:events:us-east-1:000000000000:event-bus/events";
const maximumBytes = 1024 * 1024;

/** Sources: the reference pages of PutEvents, PutRule and DescribeRule. */
export async function startEventBus(sqs: SQSClient) {
  const rules = new Map<string, Rule>();
  const calls: string[] = [];
  let fail: (entry: Json) => string | undefined = () => undefined;

  function setRule(
    name: string,
    pattern: string,
    queueUrl = rules.get(name)?.queueUrl ?? "",
    more: Partial<Rule> = {},
  ) {
    rules.set(name, {
      pattern,
      compiled: compile(pattern),
      state: "ENABLED",
      description: undefined,
      queueUrl,
      ...more,
    });
  }

  async function putEvents({ Entries }: Json) {
    const entries = Entries as Json[];
    if (entries.length < 1 || entries.length > 10) throw new Refused("ValidationException", "1 to 10 entries");
    if (entries.reduce((sum, entry) => sum + sizeOf(entry), 0) > maximumBytes)
      throw new Refused("ValidationException", "Total size of the entries in the request is over the limit.");
    const results = await Promise.all(entries.map(putEvent));
    return { FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode).length, Entries: results };
  }

  async function putEvent(entry: Json): Promise<{ EventId?: string; ErrorCode?: string; ErrorMessage?: string }> {
    const ErrorCode = fail(entry) ?? findFault(entry);
    if (ErrorCode !== undefined) return { ErrorCode, ErrorMessage: `no ${ErrorCode}` };
    const detail: Json = JSON.parse(String(entry.Detail));
    const event = { version: "0", source: entry.Source, "detail-type": entry.DetailType, detail };
    for (const { compiled, state, queueUrl } of rules.values()) {
      if (state !== "ENABLED" || !matchesPattern(compiled, event)) continue;
      const [refusal] = await sendMessages(sqs, queueUrl, [
        { MessageBody: JSON.stringify(detail), MessageGroupId: undefined },
      ]);
      if (refusal !== null) throw new Error(`The queue did not take the event: ${refusal}`);
    }
    return { EventId: crypto.randomUUID() };
  }

  function describeRule({ Name }: Json) {
    const rule = rules.get(String(Name));
    if (rule === undefined) throw new Refused("ResourceNotFoundException", `Rule ${Name} does not exist.`);
    return {
      Name,
      Arn: `${arn.replace("event-bus", "rule")}/${Name}`,
      EventPattern: rule.pattern,
      State: rule.state,
      Description: rule.description,
    };
  }

  function putRule({ Name, EventPattern, State, Description }: Json) {
    const description = Description === undefined ? undefined : String(Description);
    setRule(String(Name), String(EventPattern), undefined, { state: String(State ?? "ENABLED"), description });
    return { RuleArn: describeRule({ Name }).Arn };
  }

  const actions: Readonly<Record<string, (input: Json) => object | Promise<object>>> = {
    "AWSEvents.PutEvents": putEvents,
    "AWSEvents.DescribeRule": describeRule,
    "AWSEvents.PutRule": putRule,
  };

  const server = createServer(async (request, response) => {
    const target = String(request.headers["x-amz-target"]);
    calls.push(target.replace("AWSEvents.", ""));
    try {
      const input = await readInput(request);
      const action = actions[target];
      if (action === undefined) throw new Refused("UnknownOperationException", target);
      const answer = JSON.stringify(await action(input));
      response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
      response.end(answer);
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      response.writeHead(error instanceof Refused ? 400 : 500, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify({ __type: name, message }));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    arn,
    rules,
    calls,
    addRule: (name: string, pattern: object, queueUrl: string) => setRule(name, JSON.stringify(pattern), queueUrl),
    failWith(next: typeof fail): void {
      fail = next;
    },
    async stop(): Promise<void> {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function readInput(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  if (!/\/events\/aws4_request/.test(request.headers.authorization ?? ""))
    throw new Refused("MissingAuthenticationTokenException", "Request is missing Authentication Token");
  const input: Json = JSON.parse(Buffer.concat(chunks).toString());
  const buses = [input, ...((input.Entries as Json[]) ?? [])].flatMap(({ EventBusName }) => EventBusName ?? []);
  if (buses.length === 0 || buses.some((bus) => bus !== arn))
    throw new Refused("ResourceNotFoundException", `Event bus ${buses[0]} does not exist.`);
  return input;
}

function compile(pattern: string): CompiledPattern {
  try {
    return compilePattern(pattern);
  } catch (error) {
    if (!(error instanceof InvalidPattern)) throw error;
    throw new Refused("InvalidEventPatternException", `Event pattern is not valid. Reason: ${error.message}`);
  }
}

function sizeOf({ Source, DetailType, Detail }: Json): number {
  return Buffer.byteLength([Source, DetailType, Detail].join(""));
}

function findFault({ Source, DetailType, Detail }: Json): string | undefined {
  if (String(Source).startsWith("aws.")) return "NotAuthorizedForSourceException";
  if (!Source || !DetailType || String(DetailType).length > 128) return "InvalidArgument";
  return /^\s*\{/.test(String(Detail)) ? undefined : "MalformedDetail";
}
