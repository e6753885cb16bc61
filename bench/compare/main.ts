import pg from "pg";
import { comparedQueues, type DeliveryJob } from "./queues.ts";

const [queueName = "", count = "0", database = "", redis = "", api = ""] = process.argv.slice(2);
const events = Number(count);
const warmUpEvents = Math.ceil(events / 10);
const stuckAfterMs = 60_000;

/** 2.8 deliveries an event. */
function createJobs(from: number, to: number): DeliveryJob[] {
  return Array.from({ length: to - from }, (_, i) => from + i).flatMap((number) =>
    (number % 10 === 9 ? ["analytics"] : ["analytics", "mailchimp", "slack"]).map((integration) => ({
      eventId: `evt_${queueName}_${number}`,
      integration,
    })),
  );
}

const pool = new pg.Pool({ connectionString: database, max: 20 });
await pool.query(`CREATE TABLE IF NOT EXISTS compared (
  event_id text, integration text, status text NOT NULL, delivered_at timestamptz NOT NULL, response text,
  PRIMARY KEY (event_id, integration))`);

let finished = 0;
async function deliver({ eventId, integration }: DeliveryJob): Promise<void> {
  const body = JSON.stringify({ id: eventId, integration, email: "person@lovelace.dev", name: "Person" });
  const response = await fetch(api, { method: "POST", headers: { "content-type": "application/json" }, body });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  await response.text();
  await pool.query(
    `INSERT INTO compared VALUES ($1, $2, 'delivered', now(), $3)
     ON CONFLICT (event_id, integration) DO UPDATE SET status = excluded.status, delivered_at = excluded.delivered_at`,
    [eventId, integration, `HTTP ${response.status}`],
  );
  finished += 1;
}

async function waitUntilFinished(target: number): Promise<void> {
  let moved = { at: Date.now(), finished };
  while (finished < target) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (finished > moved.finished) moved = { at: Date.now(), finished };
    else if (Date.now() - moved.at > stuckAfterMs) throw new Error(`${queueName} is stuck at ${finished} of ${target}`);
  }
}

const open = comparedQueues[queueName];
if (open === undefined) throw new Error(`"${queueName}" is none of ${Object.keys(comparedQueues).join(", ")}`);
const queue = await open({ database, redis });

const warmUp = createJobs(0, warmUpEvents);
await queue.fill(warmUp);
await queue.start(deliver);
await waitUntilFinished(warmUp.length);
await queue.stop();

const again = await open({ database, redis });
const jobs = createJobs(warmUpEvents, warmUpEvents + events);
await again.fill(jobs);
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
await again.start(deliver);
await waitUntilFinished(warmUp.length + jobs.length);
const seconds = (performance.now() - startedAt) / 1_000;
const cpu = process.cpuUsage(cpuBefore);
await again.stop();
await pool.end();
process.stdout.write(
  `${JSON.stringify({ queue: queueName, events, deliveries: jobs.length, seconds, cpuMicros: cpu.user + cpu.system })}\n`,
);
process.exit(0);
