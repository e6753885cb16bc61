import { z } from "zod";
import { topicName } from "../topology/index.ts";
import { catalog, type EventType, eventTypes, exampleEvent } from "./catalog.ts";
import type { JsonSchema } from "./compatibility.ts";
import { envelopeSchema } from "./envelope.ts";

const draft = "http://json-schema.org/draft-07/schema#";

/** Texts by file name. `x-personal` marks personal data. */
export function exportCatalog(): Record<string, string> {
  const schemas = eventTypes.map((type) => [`${type}.json`, toText({ $schema: draft, ...toSchema(type) })] as const);
  return { ...Object.fromEntries(schemas), "asyncapi.json": toText(toAsyncApi()), "README.md": toPage() };
}

export function toSchema(type: EventType): JsonSchema {
  const { title, description, data, personal, example } = catalog[type];
  const { properties = {}, ...rest } = toJsonSchema(data);
  const marked = Object.entries(properties).map(([key, schema]) => [
    key,
    (personal as readonly string[]).includes(key) ? { ...schema, "x-personal": true } : schema,
  ]);
  return { title, description, ...rest, properties: Object.fromEntries(marked), examples: [example] };
}

/** Additional properties are allowed unless the schema is strict. */
function toJsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    target: "draft-7",
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = zodSchema._zod;
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
      if (def.type === "object" && def.catchall === undefined) delete jsonSchema.additionalProperties;
    },
  });
  return rest as JsonSchema;
}

function toAsyncApi(): object {
  const { data: _, ...envelope } = toJsonSchema(envelopeSchema).properties ?? {};
  const required = ["specversion", "id", "type", "source", "time", "data"];
  const messageOf = (type: EventType) => ({
    name: type,
    title: catalog[type].title,
    summary: catalog[type].description,
    contentType: "application/cloudevents+json",
    payload: {
      type: "object",
      required,
      properties: {
        ...envelope,
        type: { const: type },
        data: { $ref: `#/components/schemas/${type}` },
      },
    },
    examples: [{ payload: exampleEvent(type) }],
  });
  const refs = (from: string) => eventTypes.map((type) => ({ $ref: `#/${from}/${type}` }));
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Eventfork",
      version: "1.0.0",
      description: "The events: CloudEvents 1.0, structured JSON.",
    },
    defaultContentType: "application/cloudevents+json",
    channels: {
      [topicName]: {
        address: topicName,
        description: "Every producer publishes to it.",
        messages: Object.fromEntries(eventTypes.map((type) => [type, { $ref: `#/components/messages/${type}` }])),
      },
    },
    operations: {
      publish: {
        action: "receive",
        summary: "Events that producers publish, and that every integration with a matching rule receives.",
        channel: { $ref: `#/channels/${topicName}` },
        messages: refs(`channels/${topicName}/messages`),
      },
    },
    components: {
      messages: Object.fromEntries(eventTypes.map((type) => [type, messageOf(type)])),
      schemas: Object.fromEntries(eventTypes.map((type) => [type, toSchema(type)])),
    },
  };
}

function toPage(): string {
  const sections = eventTypes.map((type) => {
    const { title, description, example } = catalog[type];
    const { properties = {}, required = [] } = toSchema(type);
    const rows = Object.entries(properties).map(([key, schema]) => {
      const isNeeded = required.includes(key) ? "yes" : "no";
      return `| \`${key}\` | ${describeType(schema)} | ${isNeeded} | ${schema["x-personal"] === true ? "yes" : "no"} |`;
    });
    return [
      `## \`${type}\``,
      `${title}. ${description} Schema: [${type}.json](${type}.json).`,
      ["| field of `data` | type | required | personal |", "|---|---|---|---|", ...rows].join("\n"),
      `    ${JSON.stringify(example)}`,
    ].join("\n\n");
  });
  const head = [
    "# Events",
    "Written by `npm run events:export` from `packages/core/src/events/catalog.ts`: change that, not this.",
    "`asyncapi.json` is all of it as AsyncAPI 3. A change that would break who receives or sends events is refused; [Add an event type](../how-to/add-an-event-type.md) says which.",
  ];
  return `${[...head, ...sections].join("\n\n")}\n`;
}

function describeType({ type, enum: values, anyOf, format }: JsonSchema): string {
  if (values !== undefined) return values.map((value) => `\`${JSON.stringify(value)}\``).join(" or ");
  if (anyOf !== undefined) return anyOf.map(describeType).join(" or ");
  const name = [type ?? "any"].flat().join(" or ");
  return format === undefined ? name : `${name} (${format})`;
}

function toText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
