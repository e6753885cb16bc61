import { readFileSync } from "node:fs";
import { type Ctx, EventforkError, parseInput } from "@eventfork/core/kernel";
import * as Rules from "@eventfork/core/rules";
import { describe, describeChanges, diffPolicies, type FailedClause } from "@eventfork/core/rules/language";
import { isConfirmed } from "../terminal/confirm.ts";
import { type Answer, formatTable } from "../terminal/output.ts";
import { createProgress } from "../terminal/progress.ts";

type Named = { integration: string };

const inputOf = ({ integration }: Named) => parseInput(Rules.getRuleInput, { integration });
const formatWhen = (date: Date | null) => date?.toISOString() ?? "-";

export async function rulesShow(ctx: Ctx, options: Named & { version?: string }): Promise<Answer> {
  const { integration, active, versions, live, fanOut } = await Rules.getRule(ctx, inputOf(options));
  const version = versions.find(({ version }) => version === Number(options.version ?? active.version));
  if (version === undefined)
    throw new EventforkError("NOT_FOUND", `${integration}'s rule has no version ${options.version}.`);
  const lines = [
    `${integration} v${version.version}: ${describe(version.policy, Rules.ruleScope)}`,
    JSON.stringify(version.policy, null, 2),
    `${version.state}, by ${version.author} at ${formatWhen(version.createdAt)}${version.note === null ? "" : `: ${version.note}`}`,
    `accepted by the ${fanOut} ${formatWhen(version.acceptedAt)}, proven by ${version.provenBy ?? "no event yet"}`,
    ...(version.applyError === null
      ? []
      : [`not applied: ${version.applyError}; next try ${formatWhen(version.applyNextAt)}`]),
    ...(live === null || live.driftedSince === null
      ? []
      : [`DRIFT since ${formatWhen(live.driftedSince)}: ${live.policyText ?? "no policy"}`]),
  ];
  return { json: { integration, rule: version, live }, text: lines.join("\n") };
}

export async function rulesHistory(ctx: Ctx, options: Named): Promise<Answer> {
  const { integration, versions } = await Rules.getRule(ctx, inputOf(options));
  const rows = versions.map((item, index) => {
    const before = versions[index + 1];
    const changes = before === undefined ? "" : describeChanges(diffPolicies(before.policy, item.policy)) || "nothing";
    return [`v${item.version}`, item.state, formatWhen(item.createdAt), item.author, item.note ?? "", changes];
  });
  const text = formatTable(["version", "state", "saved", "by", "note", "changed"], rows);
  return { json: { integration, versions }, text };
}

export async function rulesSet(
  ctx: Ctx,
  options: Named & { policy: string; note?: string; expect?: string },
): Promise<Answer> {
  const { integration, active } = await Rules.getRule(ctx, inputOf(options));
  const expectedVersion = Number(options.expect ?? active.version);
  const input = { integration, policyText: readText(options.policy), expectedVersion };
  const rule = await Rules.saveRule(ctx, { ...input, ...(options.note === undefined ? {} : { note: options.note }) });
  return { json: { integration, rule }, text: describeSaved(integration, rule) };
}

export async function rulesRollback(ctx: Ctx, options: Named & { to?: string; expect?: string }): Promise<Answer> {
  const { integration, active } = await Rules.getRule(ctx, inputOf(options));
  const version = Number(options.to ?? active.version - 1);
  const expectedVersion = Number(options.expect ?? active.version);
  const rule = await Rules.rollbackRule(ctx, { integration, version, expectedVersion });
  return { json: { integration, rule }, text: describeSaved(integration, rule) };
}

function describeSaved(integration: string, { version, state, applyError }: Rules.RuleVersionItem): string {
  const applied = applyError === null ? `${state}.` : `not applied yet (${applyError}); it is tried again by itself.`;
  return `${integration} v${version} is saved; ${applied}`;
}

export async function rulesDrift(ctx: Ctx, options: Named & { reapply?: boolean; adopt?: boolean }): Promise<Answer> {
  const input = inputOf(options);
  if (options.reapply && options.adopt) throw new EventforkError("INVALID", "Either --reapply or --adopt, not both.");
  const checked = await Rules.checkDrift(ctx, input);
  if (options.adopt) await Rules.adoptLive(ctx, input);
  if (options.reapply) await Rules.reapplyRule(ctx, input);
  const { active, live } = await Rules.getRule(ctx, input);
  const json = { integration: input.integration, isDrifted: (live?.driftedSince ?? null) !== null, live, active };
  if (checked === null) return { json, text: `v${active.version} is not accepted yet: nothing to compare.` };
  if (live?.error) return { json, text: `The live policy could not be read: ${live.error}` };
  if (!json.isDrifted) return { json, text: `v${active.version} is live.` };
  const text = `DRIFT since ${formatWhen(live?.driftedSince ?? null)}\nours    ${JSON.stringify(active.policy)}\nlive    ${live?.policyText ?? "no policy"} (${live?.scope ?? "no scope"})`;
  return { json, text };
}

export async function rulesRestore(ctx: Ctx, options: Named): Promise<Answer> {
  const { integration } = inputOf(options);
  const live = await Rules.restoreSubscription(ctx, { integration });
  return {
    json: { integration, live },
    text: `${integration}'s queue is subscribed, with v${live.version} of its rule.`,
  };
}

export async function rulesTest(
  ctx: Ctx,
  options: Named & { policy?: string; event?: string; last: string },
): Promise<Answer> {
  const { integration, active } = await Rules.getRule(ctx, inputOf(options));
  const policyText = options.policy === undefined ? JSON.stringify(active.policy) : readText(options.policy);
  if (options.event !== undefined) {
    const event = options.event.startsWith("evt_") ? { id: options.event } : { text: readText(options.event) };
    const { version, current, draft } = await Rules.testEvent(ctx, { integration, policyText, event });
    const formatDecision = (name: string, { isWanted, because }: typeof draft) =>
      [`${name}: ${isWanted ? "gets it" : "filtered out"}`, ...because.map(describeClause)].join("\n  ");
    return {
      json: { integration, version, current, draft },
      text: `${formatDecision(`v${version}`, current)}\n${formatDecision("draft", draft)}`,
    };
  }
  let report: Rules.DryRunReport | undefined;
  for await (const step of Rules.dryRun(ctx, { integration, policyText, last: Number(options.last) })) report = step;
  if (report === undefined) throw new EventforkError("UNAVAILABLE", "The dry run gave no answer.");
  const list = (sign: string, events: readonly Rules.ChangedEvent[]) =>
    events.map(({ id, label, because }) => `  ${sign} ${id} ${label}  ${because.map(describeClause).join(" or ")}`);
  const counts = `${report.done} events: v${report.version} matches ${report.current}, the draft ${report.draft}; newly delivered ${report.gained}, no longer delivered ${report.lost}`;
  const text = [counts, ...list("+", report.gainedEvents), ...list("-", report.lostEvents)].join("\n");
  return { json: { integration, ...report }, text };
}

function describeClause({ path, expected, actual }: FailedClause): string {
  return `${path || "the event"} ${expected}, but is ${actual}`;
}

export async function rulesReplayFiltered(
  ctx: Ctx,
  options: Named & { since?: string; rate: string; yes?: boolean },
): Promise<Answer> {
  const since = options.since === undefined ? {} : { since: Number(options.since) };
  const input = { integration: inputOf(options).integration, ...since, perSecond: Number(options.rate) };
  const count = await Rules.countFiltered(ctx, input);
  const summary = `Of ${count.looked} events since v${count.since} that ${count.integration} has not got, v${count.active} wants ${count.wanted}.`;
  if (!(await isConfirmed(options, `${summary} Send them?`)))
    return { json: { ...count, sent: 0 }, text: `${summary} Nothing was sent: say --yes to send them.` };
  let sent = 0;
  const progress = await createProgress("Sending");
  for await (const step of Rules.replayFiltered(ctx, input)) {
    sent = step.sent;
    progress.show(sent, count.wanted, "sent");
  }
  progress.end();
  return { json: { ...count, sent }, text: `${sent} sent to ${count.integration}'s queue.` };
}

function readText(value: string): string {
  if (!value.startsWith("@")) return value;
  const path = value.slice(1);
  try {
    return readFileSync(path === "-" ? 0 : path, "utf8");
  } catch (cause) {
    throw new EventforkError("INVALID", `${path} cannot be read.`, { cause });
  }
}
