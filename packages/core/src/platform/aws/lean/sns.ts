import type {
  BatchResultErrorEntry,
  PublishBatchRequestEntry,
  PublishBatchResultEntry,
  ServiceInputTypes,
  ServiceOutputTypes,
} from "@aws-sdk/client-sns";
import type { LeanProtocol } from "./calls.ts";

/** Source: SNS's API reference. */
const apiVersion = "2010-03-31";

/** Sources: PublishBatch's reference page; "Query requests" in SNS's developer guide. */
export const snsProtocol: LeanProtocol<ServiceInputTypes, ServiceOutputTypes> = {
  service: "sns",
  contentType: "application/x-www-form-urlencoded",
  calls: { PublishBatchCommand: { write: writePublishBatch, read: readPublishBatch } },
};

function writePublishBatch(input: ServiceInputTypes): string | undefined {
  if (!("PublishBatchRequestEntries" in input)) return undefined;
  const { TopicArn = "", PublishBatchRequestEntries: entries = [] } = input;
  const form = [`Action=PublishBatch&Version=${apiVersion}&TopicArn=${encodeURIComponent(TopicArn)}`];
  for (const [i, entry] of entries.entries()) {
    const fields = writeEntry(`PublishBatchRequestEntries.member.${i + 1}`, entry);
    if (fields === undefined) return undefined;
    form.push(fields);
  }
  return form.join("&");
}

function writeEntry(
  place: string,
  { Id = "", Message = "", MessageAttributes, MessageGroupId, ...more }: PublishBatchRequestEntry,
) {
  if (Object.keys(more).length > 0) return undefined;
  let fields = `${place}.Id=${encodeURIComponent(Id)}&${place}.Message=${encodeURIComponent(Message)}`;
  if (MessageGroupId !== undefined) fields += `&${place}.MessageGroupId=${encodeURIComponent(MessageGroupId)}`;
  for (const [i, [name, { DataType = "", StringValue }]] of Object.entries(MessageAttributes ?? {}).entries()) {
    if (StringValue === undefined) return undefined;
    const at = `${place}.MessageAttributes.entry.${i + 1}`;
    fields += `&${at}.Name=${encodeURIComponent(name)}&${at}.Value.DataType=${encodeURIComponent(DataType)}`;
    fields += `&${at}.Value.StringValue=${encodeURIComponent(StringValue)}`;
  }
  return fields;
}

function readPublishBatch(xml: string, input: ServiceInputTypes) {
  const Successful = readMembers(xml, "Successful").map(toSuccess);
  const Failed = readMembers(xml, "Failed").map(toFailure);
  const asked = "PublishBatchRequestEntries" in input ? input.PublishBatchRequestEntries : undefined;
  const answered = new Set([...Successful, ...Failed].map(({ Id }) => Id));
  return asked?.every(({ Id }) => answered.has(Id)) ? { Successful, Failed } : undefined;
}

function toSuccess(member: string): PublishBatchResultEntry {
  return { Id: readText(member, "Id"), MessageId: readText(member, "MessageId") };
}

function toFailure(member: string): BatchResultErrorEntry {
  const [Id, Code, Message] = ["Id", "Code", "Message"].map((name) => readText(member, name));
  return { Id, Code, SenderFault: readText(member, "SenderFault") === "true", ...(Message && { Message }) };
}

function readMembers(xml: string, list: string): string[] {
  const start = xml.indexOf(`<${list}>`);
  const end = xml.indexOf(`</${list}>`, start);
  if (start < 0 || end < 0) return [];
  return xml.slice(start, end).split("<member>").slice(1);
}

function readText(xml: string, name: string): string | undefined {
  const start = xml.indexOf(`<${name}>`);
  const end = xml.indexOf(`</${name}>`, start);
  return start < 0 || end < 0 ? undefined : decodeEntities(xml.slice(start + name.length + 2, end));
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(lt|gt|quot|apos|amp));/gi, (_, hex, decimal, name) =>
    name === undefined
      ? String.fromCodePoint(Number.parseInt(hex ?? decimal, hex ? 16 : 10))
      : (entities[name] ?? name),
  );
}
