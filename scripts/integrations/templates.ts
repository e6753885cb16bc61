export type NewIntegration = { name: string; title: string };

const prefixOf = (name: string) => name.toUpperCase();

export const registryLine = ({ name }: NewIntegration) =>
  `  ${name}: async () => (await import("./${name}.ts")).${name},\n`;

export const handlerFile = ({ name }: NewIntegration) => `import { createConsumer } from "@eventfork/core/deliveries";
import { ${name} } from "@eventfork/core/integrations/${name}";

export const handler = createConsumer(${name});
`;

export const topologyEntry = ({ name, title }: NewIntegration, eventType: string) => `  ${name}: {
    title: "${title}",
    // FILL IN: what it does, for people; the call that a try makes; the rule it starts with.
    description: "Sends events to ${title}.",
    isOptional: true,
    request: "POST /v1/events",
    rule: { type: ["${eventType}"] },
    // FILL IN: what its API allows: events in a batch, consumers at once, and how fast a replay may go.
    batch: { size: 20, windowSeconds: 1 },
    maximumConcurrency: 2,
    timeoutSeconds: 20,
    retry: { attempts: 12, baseSeconds: 4, capSeconds: 3600 },
    replayPerSecond: 10,
    secrets: ["${prefixOf(name)}_API_KEY"],
    settings: ["${prefixOf(name)}_API_URL"],
  },
`;

export const integrationFile = ({ name, title }: NewIntegration) => `import { z } from "zod";
import { readEnv } from "../env/index.ts";
import type { Envelope } from "../events/index.ts";
import { integrations } from "../topology/index.ts";
import { deliverInCalls, outcomeOf } from "./calls.ts";
import type { DeliverOptions, Integration } from "./define.ts";
import {
  credentials,
  type ErrorTable,
  privateValues,
  rejected,
  rowFor,
  shortAnswer,
  statusKeys,
  toDeliveryError,
  transportErrors,
} from "./errors.ts";
import { fetchBounded, parseRetryAfter } from "./http.ts";

const { title } = integrations.${name};
const timeoutMs = 5_000;
const answerBytes = 64 * 1024;
const parallelCalls = 2;

// FILL IN: what it signs in with, and where it is. Every variable stands in topology too, as a secret or as a setting.
const ${name}Env = {
  ${prefixOf(name)}_API_KEY: z.string({ error: "should be an API key" }),
  ${prefixOf(name)}_API_URL: z
    .url({ protocol: /^https?$/, error: "should be an address such as https://api.example.com" })
    .default("https://api.example.com"),
};

const source = "FILL IN: the page of its documentation that lists its errors";

// FILL IN: what its answers mean: retry (the default), rejected (this event never), credentials (pause until somebody acts).
const ${name}Errors = {
  ...transportErrors,
  http_400: rejected("${title} does not accept this event: look at its answer and at the event's data.", source),
  http_401: credentials("The API key is not accepted: set ${prefixOf(name)}_API_KEY, then resume.", source),
  http_403: credentials("The API key may not do this: look at its rights in ${title}, then resume.", source),
  http_422: rejected("${title} does not accept this event: look at its answer and at the event's data.", source),
} as const satisfies ErrorTable;

/** FILL IN: what ${title} is told of an event, and how it knows one that it has had. */
export const ${name}: Integration = {
  name: "${name}",
  env: ${name}Env,
  addressVariable: "${prefixOf(name)}_API_URL",
  connect(env) {
    const { ${prefixOf(name)}_API_KEY: apiKey, ${prefixOf(name)}_API_URL: apiUrl } = readEnv(${name}Env, env);
    const url = \`\${apiUrl.replace(/\\/+$/, "")}/v1/events\`;
    return {
      // FILL IN: a call that changes nothing and shows that the key is accepted.
      async check({ signal }) {
        const headers = { authorization: \`Bearer \${apiKey}\` };
        const bounds = { title, signal, timeoutMs, maximumBytes: answerBytes };
        const { status } = await fetchBounded(apiUrl, { headers }, bounds);
        const [code, family] = statusKeys(status);
        const row = rowFor(${name}Errors, code, family);
        return {
          facts: [{ title: "Answer", text: \`HTTP \${status}\` }],
          problem: status < 400 ? null : toDeliveryError(title, row, { code }),
        };
      },
      async deliver(events, options) {
        const outcomes = await deliverInCalls(
          events.map((event) => [event]),
          async (chunk) => {
            let answer = "";
            for (const event of chunk) answer = await send(event, { url, apiKey, ...options });
            return answer;
          },
          { parallel: parallelCalls },
        );
        return events.map((event) => outcomeOf(outcomes, event));
      },
    };
  },
};

async function send(
  event: Envelope,
  { url, apiKey, signal, now }: DeliverOptions & { url: string; apiKey: string },
): Promise<string> {
  const response = await fetchBounded(
    url,
    {
      method: "POST",
      headers: {
        authorization: \`Bearer \${apiKey}\`,
        "content-type": "application/json",
        // FILL IN: the event's id is the same whenever it is sent again; tell it where its API has a place for that.
        "idempotency-key": event.id,
      },
      body: JSON.stringify({ type: event.type, time: event.time, data: event.data }),
    },
    { title, signal, timeoutMs, maximumBytes: answerBytes },
  );
  if (response.ok) return \`HTTP \${response.status}\`;
  const [code, family] = statusKeys(response.status);
  throw toDeliveryError(title, rowFor(${name}Errors, code, family), {
    code,
    response: shortAnswer(\`HTTP \${response.status} \${await response.text()}\`, [apiKey, ...privateValues([event])]),
    retryAfterSeconds: parseRetryAfter(response.headers.get("retry-after"), now()),
  });
}
`;

export const testFile = ({ name }: NewIntegration) => `import { describeContract } from "../testing/contract.ts";
import { ${name} } from "./${name}.ts";

// FILL IN: what its API answers to a call that it takes and to a wrong key, and by what it knows an event that it has had.
describeContract(${name}, {
  env: (url) => ({ ${prefixOf(name)}_API_KEY: "key-of-the-tests", ${prefixOf(name)}_API_URL: url }),
  accept: () => ({ status: 202 }),
  credentialsRefused: { status: 401 },
  idempotencyKeys: ({ headers }) => [String(headers["idempotency-key"])],
});
`;

export const catalogEntry = (type: string) => {
  const words = type.replace(/[._]/g, " ");
  const title = `${words[0]?.toUpperCase()}${words.slice(1)}`;
  return `  "${type}": {
    // FILL IN: one of them, many of them, and what has happened, for people.
    title: "${title}",
    plural: "${title}",
    description: "${title}.",
    // FILL IN: its data, which fields of it are personal, and an example.
    data: z.object({ userId: z.string().min(1) }),
    personal: [],
    example: { userId: "usr_01k9m8" },
  },
`;
};
