import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { type Ctx, EventforkError, parseInput } from "@eventfork/core/platform";
import type * as Rules from "@eventfork/core/rules";
import type { FailedClause } from "@eventfork/filter-policy";
import type { Command } from "commander";
import { runWithContext, withExamples, withJson, yes } from "../run.ts";
import { type CommandOutput, formatTable } from "../terminal/output.ts";
import { createProgress, isConfirmed } from "../terminal/prompts.ts";

export function addRulesCommands(program: Command): void {
  const rules = program.command("rules").description("who gets which events");
  const of = (name: string, description: string) =>
    withJson(rules.command(`${name} <integration>`)).description(description);

  withExamples(
    of("show", "the active version, how far it has come, and what is live")
      .option("--version <n>", "another version")
      .action(runWithContext(show)),
    "rules show slack",
    "rules show slack --version 2 --json",
  );
  withExamples(
    of("history", "every version, and what it changed").action(runWithContext(listVersions)),
    "rules history slack",
  );
  withExamples(
    of("set", "save a policy as the next version, and apply it")
      .requiredOption("--policy <json>", "the filter policy, or @file, or @- for standard input")
      .option("--note <text>", "why")
      .option("--expect <n>", "refuse unless this is the active version")
      .action(runWithContext(save)),
    `rules set slack --policy '{"type":["user.signed_up"],"data":{"email":[{"suffix":"@example.com"}]}}' --note "ours only"`,
    "rules set slack --policy @slack.json --expect 3",
  );
  withExamples(
    of("rollback", "make an old version's policy the newest version's")
      .option("--to <n>", "that version; the one before the active one when left out")
      .option("--expect <n>", "refuse unless this is the active version")
      .action(runWithContext(rollback)),
    "rules rollback slack --to 2 --expect 4",
  );
  withExamples(
    of("drift", "compare the live policy with the active version")
      .option("--reapply", "put ours back")
      .option("--adopt", "make theirs the next version")
      .action(runWithContext(checkDrift)),
    "rules drift slack",
    "rules drift slack --reapply",
  );
  withExamples(
    of("restore", "subscribe the integration's queue to the topic again, with the active version").action(
      runWithContext(restore),
    ),
    "rules restore slack",
  );
  withExamples(
    of("replay-filtered", "send what an earlier version filtered out and the active one matches")
      .option("--since <n>", "from that version on; the one before the active one when left out")
      .option("--rate <n>", "messages a second", "50")
      .addOption(yes("send them, not only count them"))
      .action(runWithContext(replayFiltered)),
    "rules replay-filtered slack --since 2 --rate 10 --yes",
  );
  withExamples(
    withJson(rules.command("test [integration]"))
      .description(
        "try a policy on an event, or on the latest ones; without an integration, one case a line on standard input",
      )
      .option("--policy <json>", "the draft, or @file; the active version when left out")
      .option("--event <event>", "an event's id, its JSON, or @file; the latest events when left out")
      .option("--last <n>", "how many of the latest events", "1000")
      .action(testRules),
    `rules test slack --policy '{"type":["user.logged_in"]}' --last 1000`,
    "rules test slack --event evt_01KB2M8Z6Y3N4P5Q6R7S8T9V0W",
    "rules test < cases.jsonl",
  );
}

async function testRules(...args: unknown[]): Promise<void> {
  return args[0] === undefined ? testLines() : runWithContext(testDraft)(...args);
}

type Named = { integration: string };

async function inputOf({ integration }: Named) {
  const { getRuleInput } = await import("@eventfork/core/rules");
  return parseInput(getRuleInput, { integration });
}

const formatWhen = (date: Date | null) => date?.toISOString() ?? "-";

async function show(ctx: Ctx, options: Named & { version?: string }): Promise<CommandOutput> {
  const Rules = await import("@eventfork/core/rules");
  const { describe } = await import("@eventfork/filter-policy");
  const { integration, active, versions, live, fanOut } = await Rules.getRule(ctx, await inputOf(options));
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

async function listVersions(ctx: Ctx, options: Named): Promise<CommandOutput> {
  const Rules = await import("@eventfork/core/rules");
  const { describeChanges, diffPolicies } = await import("@eventfork/filter-policy");
  const { integration, versions } = await Rules.getRule(ctx, await inputOf(options));
  const rows = versions.map((item, index) => {
    const before = versions[index + 1];
    const changes = before === undefined ? "" : describeChanges(diffPolicies(before.policy, item.policy)) || "nothing";
    return [`v${item.version}`, item.state, formatWhen(item.createdAt), item.author, item.note ?? "", changes];
  });
  const text = formatTable(["version", "state", "saved", "by", "note", "changed"], rows);
  return { json: { integration, versions }, text };
}

async function save(
  ctx: Ctx,
  options: Named & { policy: string; note?: string; expect?: string },
): Promise<CommandOutput> {
  const Rules = await import("@eventfork/core/rules");
  const { integration, active } = await Rules.getRule(ctx, await inputOf(options));
  const expectedVersion = Number(options.expect ?? active.version);
  const input = { integration, policyText: readText(options.policy), expectedVersion };
  const rule = await Rules.saveRule(ctx, { ...input, ...(options.note === undefined ? {} : { note: options.note }) });
  return { json: { integration, rule }, text: describeSaved(integration, rule) };
}

async function rollback(ctx: Ctx, options: Named & { to?: string; expect?: string }): Promise<CommandOutput> {
  const Rules = await import("@eventfork/core/rules");
  const { integration, active } = await Rules.getRule(ctx, await inputOf(options));
  const version = Number(options.to ?? active.version - 1);
  const expectedVersion = Number(options.expect ?? active.version);
  const rule = await Rules.rollbackRule(ctx, { integration, version, expectedVersion });
  return { json: { integration, rule }, text: describeSaved(integration, rule) };
}

function describeSaved(integration: string, { version, state, applyError }: Rules.RuleVersionItem): string {
  const applied = applyError === null ? `${state}.` : `not applied yet (${applyError}); it is tried again by itself.`;
  return `${integration} v${version} is saved; ${applied}`;
}

async function checkDrift(ctx: Ctx, options: Named & { reapply?: boolean; adopt?: boolean }): Promise<CommandOutput> {
  const Rules = await import("@eventfork/core/rules");
  const input = await inputOf(options);
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

async function restore(ctx: Ctx, options: Named): Promise<CommandOutput> {
  const Rules = await import("@eventfork/core/rules");
  const { integration } = await inputOf(options);
  const live = await Rules.restoreSubscription(ctx, { integration });
  return {
    json: { integration, live },
    text: `${integration}'s queue is subscribed, with v${live.version} of its rule.`,
  };
}

async function testDraft(
  ctx: Ctx,
  options: Named & { policy?: string; event?: string; last: string },
): Promise<CommandOutput> {
  const Rules = await import("@eventfork/core/rules");
  const { integration, active } = await Rules.getRule(ctx, await inputOf(options));
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

async function replayFiltered(
  ctx: Ctx,
  options: Named & { since?: string; rate: string; yes?: boolean },
): Promise<CommandOutput> {
  const Replays = await import("@eventfork/core/replays");
  const since = options.since === undefined ? {} : { since: Number(options.since) };
  const input = { integration: (await inputOf(options)).integration, ...since, perSecond: Number(options.rate) };
  const count = await Replays.countFiltered(ctx, input);
  const summary = `Of ${count.scanned} events since v${count.since} that ${count.integration} has not got, v${count.active} wants ${count.wanted}.`;
  if (!(await isConfirmed(options, `${summary} Send them?`)))
    return {
      json: { ...count, looked: count.scanned, sent: 0 },
      text: `${summary} Nothing was sent: say --yes to send them.`,
    };
  let sent = 0;
  const progress = await createProgress("Sending");
  for await (const step of Replays.replayFiltered(ctx, input)) {
    sent = step.sent;
    progress.show(sent, count.wanted, "sent");
  }
  progress.end();
  return { json: { ...count, looked: count.scanned, sent }, text: `${sent} sent to ${count.integration}'s queue.` };
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

async function testLines(): Promise<void> {
  const { validateRule } = await import("@eventfork/core/rules/fit");
  const { runTestLine } = await import("@eventfork/filter-policy");
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === "") continue;
    if (!process.stdout.write(`${runTestLine(line, validateRule)}\n`)) await once(process.stdout, "drain");
  }
}
