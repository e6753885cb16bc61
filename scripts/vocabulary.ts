import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const names: Readonly<Record<string, string>> = {
  Postponed: "RequeuedMessage",
  Sequel: "NextAction",
  Sought: "SearchTarget",
  addressVariable: "baseUrlVariable",
  countTries: "countAttempts",
  decideLost: "resolveInterruptedSends",
  deliveryLooks: "deliveryStatusStyles",
  describeBurial: "describeDeadLetterReason",
  dieAt: "crashAt",
  findPlace: "activeNavItem",
  foldChanges: "applyCountDeltas",
  hideUntilNextTry: "extendVisibility",
  isHeldUp: "isBlockedByPause",
  isUncertain: "isPossiblyDelivered",
  keepForeignEvents: "storeExternalEvents",
  keepsPeople: "hasContacts",
  kickAfter: "advanceReplaysAfterResponse",
  listSwitchedOn: "enabledIntegrations",
  lookOf: "statusStyle",
  lookedAtMost: "scanLimit",
  meetFault: "applyFault",
  outOfTime: "deadlineExceeded",
  peopleKeepers: "contactIntegrations",
  proveInForce: "confirmActive",
  sendAnyway: "forceSend",
  shareAnswer: "cached",
  standingOf: "currentStatus",
  stayMs: "idleTimeoutMs",
  surviveRejections: "logUnhandledRejections",
  takeTurn: "consumeRateLimit",
  tellEvent: "getEventHistory",
  tendReplays: "runReplayJob",
  triesWithin: "attemptsIn",
  useChosen: "useRowSelection",
  useFinds: "useSearchResults",
  useHeld: "useFrozenRows",
  useStable: "useStableValue",
};

const phrases: readonly (readonly [RegExp, string])[] = [
  [/\bwhoever\b/gi, "name the person or the thing"],
  [/\bis said\b/gi, "is reported, is shown"],
  [/\bkept out\b/gi, "filtered out"],
  [/\blets? through\b/gi, "matches"],
  [/\bset aside\b/gi, "quarantined"],
  [/\bput off\b/gi, "requeued, scheduled later"],
  [/\bgoes on\b/gi, "continues"],
  [/\bstands (?:in|at|for)\b/gi, "replaces, is at, means"],
  [/(?<=^|[.!?] |[>"'`] ?|(?:\/\/|\/\*\*|\*|#) )What(?:ever)? [a-z]\w*/gm, "begin with the thing"],
  [/\b(?:its|last|latest|more|next|no|of|the|two|\d+) tries\b/gi, "attempts"],
];

const patterns: typeof phrases = [
  ...Object.entries(names).map(([old, name]) => [new RegExp(`\\b${old}\\b`, "g"), name] as const),
  [/\bburials?\b/gi, "a dead letter, its reason"],
  [/\bsay[A-Z]\w*/g, "format…, describe…"],
  ...phrases,
];

type Finding = { line: number; found: string; use: string };

export function findWords(text: string): Finding[] {
  return patterns.flatMap(([pattern, use]) =>
    [...text.matchAll(pattern)].map(({ 0: found, index }) => ({
      line: text.slice(0, index).split("\n").length,
      found,
      use,
    })),
  );
}

const isChecked = (file: string) => !/^CHANGELOG|^scripts\/vocabulary|\/generated\/|^prisma\/migrations\//.test(file);

function main(): void {
  const listed = execFileSync("git", ["ls-files", "-z", "*.ts", "*.tsx", "*.md", "*.prisma"], { encoding: "utf8" });
  const findings = listed
    .split("\0")
    .filter((file) => file !== "" && isChecked(file))
    .flatMap((file) =>
      findWords(readFileSync(file, "utf8")).map(({ line, found, use }) => `${file}:${line} "${found}": use ${use}`),
    );
  for (const finding of findings) console.error(finding);
  process.exit(findings.length === 0 ? 0 : 1);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main();
