export type World = {
  deliveries: number;
  events: number;
  from: number;
  until: number;
};

const days = 90;
const dayMs = 24 * 3_600_000;
const eventsPerRound = 4;
const deliveriesPerRound = 10;

export function makeWorld(deliveries: number, now: number): World {
  const events = Math.floor(deliveries / deliveriesPerRound) * eventsPerRound;
  const until = now - 3_600_000;
  return { deliveries: (events / eventsPerRound) * deliveriesPerRound, events, from: until - days * dayMs, until };
}

const givenNames = "Ada Grace Barbara Edsger Alan Margaret Donald Radia Tim Katherine ليلى Zoë".split(" ");
const familyNames = "Lovelace Hopper Liskov Dijkstra Turing Hamilton Knuth Perlman Lee Johnson".split(" ");
const domains = ["example.com", "lovelace.dev", "babbage.org", "hopper.net", "mail.test"];
const errorCodes = ["member_exists_archived", "invalid_resource", "compliance_state", "msg_too_long", "fake_address"];

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

function idOf(prefix: string, ms: number, n: number): string {
  let time = "";
  for (let rest = ms, i = 0; i < 10; i += 1) {
    time = (alphabet[rest % 32] ?? "") + time;
    rest = Math.floor(rest / 32);
  }
  return `${prefix}_${time}${(scatter(n) >>> 0).toString(16).padStart(8, "0")}${n.toString(16).padStart(8, "0")}`;
}

/** Source: the finalizer of MurmurHash3. */
function scatter(n: number): number {
  let hash = n | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function timeOf({ from, until, events }: World, n: number): number {
  const share = (n + 0.5) / events;
  const turns = 2 * Math.PI * days;
  return Math.floor(from + (until - from) * (share + (0.7 / turns) * Math.sin(turns * share)));
}

type Person = { id: string; name: string; email: string; at: number };

function isLogIn(n: number): boolean {
  return n % eventsPerRound === eventsPerRound - 1;
}

function personOf(world: World, n: number): Person {
  const at = timeOf(world, n);
  const hash = scatter(n);
  const given = givenNames[hash % givenNames.length] ?? "Ada";
  const family = familyNames[(hash >>> 8) % familyNames.length] ?? "Lovelace";
  const email = `${family.toLowerCase()}.${n.toString(36)}@${domains[(hash >>> 16) % domains.length]}`;
  return { id: idOf("usr", at, n), name: `${given} ${family}`, email, at };
}

function signUpOf(n: number): number {
  const before = scatter(n) % n;
  return isLogIn(before) ? before - 1 : before;
}

export function eventAt(world: World, n: number) {
  const at = timeOf(world, n);
  const person = personOf(world, isLogIn(n) ? signUpOf(n) : n);
  return { n, id: idOf("evt", at, n), at, person, isLogIn: isLogIn(n) };
}

const iso = (ms: number) => new Date(ms).toISOString();
const line = (...columns: (string | number | null)[]) =>
  `${columns.map((column) => (column === null ? "\\N" : column)).join("\t")}\n`;

type Table = { name: string; columns: string; rows: (world: World) => Generator<string> };

function* eventRows(world: World) {
  for (let n = 0; n < world.events; n += 1) {
    const { id, at, person, isLogIn } = eventAt(world, n);
    const { id: userId, email, name } = person;
    const more = isLogIn ? `"method":"password"` : `"marketingConsent":${n % 2 === 0}`;
    const data = `{"userId":"${userId}","email":"${email}","name":"${name}",${more}}`;
    const time = iso(at);
    yield line(id, isLogIn ? "user.logged_in" : "user.signed_up", "web", userId, time, data, time, iso(at + 120), 1);
  }
}

function* userRows(world: World) {
  for (let n = 0; n < world.events; n += 1) {
    if (isLogIn(n)) continue;
    const { id, name, email, at } = personOf(world, n);
    const role = n < 40 ? (n % 2 === 0 ? "admin" : "viewer") : "user";
    yield line(id, name, email, "t", "f", role, "f", iso(at), iso(at));
  }
}

const integrations = ["analytics", "mailchimp", "slack"] as const;

function* deliveriesOf(world: World) {
  for (let n = 0; n < world.events; n += 1) {
    const event = eventAt(world, n);
    const isRecent = n > world.events - 2_000;
    for (const integration of event.isLogIn ? integrations.slice(0, 1) : integrations) {
      const hash = scatter(n * 4 + integration.length);
      const status = hash % 150 === 0 ? "dead" : isRecent && hash % 20 === 0 ? "retrying" : "delivered";
      const attempts = status === "retrying" || hash % 30 === 1 ? 2 + (hash % 3) : 1;
      const error = status === "delivered" ? null : (errorCodes[(hash >>> 8) % errorCodes.length] ?? null);
      const durationMs = 40 + (hash % 400);
      const isFirstSuccess = status === "delivered" && attempts === 1;
      yield { event, integration, status, attempts, error, hash, durationMs, isFirstSuccess };
    }
  }
}

function* deliveryRows(world: World) {
  for (const { event, integration, status, attempts, error, hash, durationMs, isFirstSuccess } of deliveriesOf(world)) {
    const first = iso(event.at + 900 + (hash % 1_500));
    const last = iso(event.at + 900 + (hash % 1_500) + (attempts - 1) * 20_000);
    const type = event.isLogIn ? "user.logged_in" : "user.signed_up";
    const [deliveredAt, response] = status === "delivered" ? [last, "200"] : [null, null];
    const [errorClass, message] = error === null ? [null, null] : ["RejectedError", "The third party says no."];
    const nextAt = status === "retrying" ? iso(world.until + 4_000_000) : null;
    const call = isFirstSuccess ? [1, durationMs] : [null, null];
    yield line(
      ...[event.id, integration, type, status, attempts, first, last, nextAt, deliveredAt, ...call],
      ...[response, errorClass, error, message, last],
    );
  }
}

function* attemptRows(world: World) {
  for (const { event, integration, status, attempts, error, hash, durationMs, isFirstSuccess } of deliveriesOf(world)) {
    if (isFirstSuccess) continue;
    for (let number = 1; number <= attempts; number += 1) {
      const startedAt = iso(event.at + 900 + (hash % 1_500) + (number - 1) * 20_000);
      const isLast = number === attempts;
      const outcome = !isLast || status === "retrying" ? "retry" : status === "dead" ? "rejected" : "delivered";
      const code = outcome === "delivered" ? null : (error ?? "timeout");
      yield line(
        ...[event.id, integration, number, number, startedAt, durationMs, outcome],
        ...[outcome === "delivered" ? "200" : null, code, code === null ? null : "The third party says no."],
      );
    }
  }
}

const operatorActions = "rule.saved integration.paused integration.resumed dead_letter.discarded replay.started".split(
  " ",
);

function* auditRows(world: World) {
  for (let n = 0; n < world.events; n += 1) {
    const { at, person, isLogIn } = eventAt(world, n);
    if (isLogIn)
      yield line(idOf("aud", at, n), iso(at), person.id, "person.signed_in", person.id, "203.0.113.7", "Firefox");
    if (n % 20 !== 0) continue;
    const action = operatorActions[(n / 20) % operatorActions.length] ?? "rule.saved";
    const target = integrations[(n / 20) % integrations.length] ?? "slack";
    const { email } = personOf(world, ((n / 20) % 10) * 4);
    yield line(idOf("aud", at + 1, n), iso(at + 1), email, action, target, "203.0.113.8", "Firefox");
  }
}

export const tables: readonly Table[] = [
  {
    name: "event",
    columns: "id, type, source, subject, time, data, recorded_at, published_at, publish_attempts",
    rows: eventRows,
  },
  {
    name: "delivery",
    columns:
      "event_id, integration, event_type, status, attempts, first_attempt_at, last_attempt_at, next_attempt_at, delivered_at, receive_count, duration_ms, response, error_class, error_code, error_message, updated_at",
    rows: deliveryRows,
  },
  {
    name: "attempt",
    columns:
      "event_id, integration, number, receive_count, started_at, duration_ms, outcome, response, error_code, error_message",
    rows: attemptRows,
  },
  {
    name: '"user"',
    columns: "id, name, email, email_verified, marketing_consent, role, banned, created_at, updated_at",
    rows: userRows,
  },
  { name: "audit_entry", columns: "id, at, actor, action, target, ip, user_agent", rows: auditRows },
];
