import { type ErrorRow, errorTables, statusKeys } from "../providers/index.ts";
import { type IntegrationName, isIntegrationName } from "../topology/index.ts";

export type Advice = { text: string; source: string | null };

const engineAdvice: Readonly<Record<string, string>> = {
  received_too_often:
    "Its consumer took it and never finished, as often as SQS allows: look for crashes and time-outs in the consumer's log, then replay.",
  integration_removed:
    "It waited when its integration was removed. With the integration back, replay it; or export and discard it.",
  unparseable: "The body is no event: have its producer correct it. Edit it here and send it, or discard it.",
  no_outcome: "The integration gave no outcome for it: look at the consumer's log, then replay.",
  render_failed:
    "Eventfork could not make the provider's message of it: edit its data here, then replay; and report it.",
  unstorable: "The database cannot store the event: edit its data here, then replay; or have its producer correct it.",
  unexpected: "The integration failed in a way that it should not: look at the consumer's log, then replay.",
};

const unknown = "Eventfork does not know this response: look the code up in the provider's documentation, then replay.";

export function adviseOn(integration: string, errorCode: string | null): Advice {
  const code = errorCode ?? "";
  const ours = engineAdvice[code];
  if (ours !== undefined) return { text: ours, source: null };
  if (!isIntegrationName(integration)) {
    return { text: `${integration} is no integration any more: discard these, or export them first.`, source: null };
  }
  const row = findRow(integration, code);
  if (row === undefined) return { text: unknown, source: null };
  return { text: describeNext(row), source: row.source };
}

function findRow(integration: IntegrationName, code: string): ErrorRow | undefined {
  const table = errorTables[integration];
  const status = /^http_(\d{3})$/.exec(code)?.[1];
  const keys = status === undefined ? [code] : statusKeys(Number(status));
  // Codes of Node and of its `fetch` share a row.
  if (/^(?:E[A-Z]+|UND_ERR_[A-Z_]+)$/.test(code)) keys.push("network_error");
  const key = keys.find((candidate) => Object.hasOwn(table, candidate));
  // A key may be a title and the beginning of its detail.
  const longer = Object.keys(table).find((candidate) => candidate.startsWith(`${code}: `));
  return table[key ?? longer ?? ""];
}

function describeNext({ advice, means }: ErrorRow): string {
  if (/\breplay\b/.test(advice)) return advice;
  if (means === "credentials") return advice.replace(/, then resume\.$/, ", resume, then replay.");
  if (means === "retry" || means === "rate_limited") return `${advice} Once it answers as it should, replay.`;
  return `${advice} Then replay or discard.`;
}
