import type { Overview } from "@eventfork/core/overview";
import type { RuleVersionItem } from "@eventfork/core/rules";
import { type IntegrationName, integrationNames } from "@eventfork/core/topology";
import { renderToStaticMarkup } from "react-dom/server";
import { sayTitle } from "../app/admin/events/[id]/timeline-words.tsx";
import { toFlow } from "../app/admin/overview/flow-graph.ts";
import { findTroubles } from "../app/admin/overview/troubles.ts";
import { AppliedState } from "../app/admin/rules/[integration]/applied-state.tsx";
import { readText } from "../app/admin/rules/[integration]/policy-text.ts";

const at = new Date("2026-11-26T10:00:00.000Z");
const none = { count: 0, oldestAt: null, latestAt: null, error: null };

const overview: Overview = {
  range: { from: at, to: at, interval: { kind: "minutes", minutes: 1 } },
  integrations: [],
  events: { accepted: 0, points: [] },
  rates: { accepted: 0, tries: forEach({ delivered: 0, failed: 0 }) },
  outbox: { depth: 3, oldestSeconds: 90, stuck: none, setAside: none },
  changes: [],
  heldReplays: [],
};

const version: RuleVersionItem = {
  ...{ version: 2, policy: {}, author: "ada", note: null, createdAt: at, state: "accepted", acceptedAt: at },
  ...{ applyError: null, applyAttempts: 1, applyNextAt: null, inForceAt: null, provenBy: null, provenAt: null },
};

function forEach<Value>(value: Value): Record<IntegrationName, Value> {
  return Object.fromEntries(integrationNames.map((name) => [name, value])) as Record<IntegrationName, Value>;
}

/** What screens say, given what `topology` says in the bundle that this is read from. */
export const said = {
  flow: toFlow(overview).nodes.map(({ title }) => title),
  troubles: findTroubles(overview).map(({ text }) => text),
  published: sayTitle({ kind: "published", at, integration: null, attempts: 1 }).words,
  applied: renderToStaticMarkup(<AppliedState version={version} />).replaceAll(/<[^>]*>/g, " "),
};

/** What the rule editor makes of a text while it is typed. */
export const readRule = readText;
