import { Queue as BullQueue, Worker } from "bullmq";
import { makeWorkerUtils, run } from "graphile-worker";
import { Redis } from "ioredis";
import { PgBoss } from "pg-boss";

export type DeliveryJob = { eventId: string; integration: string };

export type JobQueue = {
  fill(jobs: readonly DeliveryJob[]): Promise<void>;
  start(handle: (job: DeliveryJob) => Promise<void>): Promise<void>;
  stop(): Promise<void>;
};

const concurrency = 50;

const jobsAtOnce = 1_000;
const name = "deliveries";

export const comparedQueues: Readonly<
  Record<string, (urls: { database: string; redis: string }) => Promise<JobQueue>>
> = {
  async "pg-boss"({ database }) {
    const boss = new PgBoss(database);
    boss.on("error", (error) => console.error(error.message));
    await boss.start();
    await boss.createQueue(name);
    return {
      fill: (jobs) =>
        inChunks(jobs, (chunk) =>
          boss.insert(
            name,
            chunk.map((data) => ({ data })),
          ),
        ),
      start: async (handle) => {
        const options = { batchSize: concurrency, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true } as const;
        await boss.work<DeliveryJob>(
          name,
          options,
          async (jobs) => void (await Promise.all(jobs.map(({ data }) => handle(data)))),
        );
      },
      stop: () => boss.stop({ graceful: false }),
    };
  },

  async "graphile-worker"({ database }) {
    const utils = await makeWorkerUtils({ connectionString: database });
    await utils.migrate();
    let stop: () => Promise<void> = async () => {};
    return {
      fill: (jobs) => inChunks(jobs, (chunk) => utils.addJobs(chunk.map((payload) => ({ identifier: name, payload })))),
      start: async (handle) => {
        const taskList = { [name]: (payload: unknown) => handle(payload as DeliveryJob) };
        const runner = await run({
          connectionString: database,
          concurrency,
          maxPoolSize: concurrency,
          noHandleSignals: true,
          taskList,
          preset: { worker: { localQueue: { size: 500 }, completeJobBatchDelay: 0 } },
        });
        stop = () => runner.stop();
      },
      stop: async () => {
        await stop();
        await utils.release();
      },
    };
  },

  async bullmq({ redis }) {
    const connection = new Redis(redis, { maxRetriesPerRequest: null });
    const queue = new BullQueue<DeliveryJob>(name, { connection });
    let worker: Worker<DeliveryJob> | undefined;
    return {
      fill: (jobs) => inChunks(jobs, (chunk) => queue.addBulk(chunk.map((data) => ({ name, data })))),
      start: async (handle) => {
        const options = { connection, concurrency, removeOnComplete: { count: 0 } };
        worker = new Worker<DeliveryJob>(name, ({ data }) => handle(data), options);
      },
      stop: async () => {
        await worker?.close();
        await queue.close();
        connection.disconnect();
      },
    };
  },
};

async function inChunks(
  jobs: readonly DeliveryJob[],
  add: (chunk: readonly DeliveryJob[]) => Promise<unknown>,
): Promise<void> {
  for (let i = 0; i < jobs.length; i += jobsAtOnce) await add(jobs.slice(i, i + jobsAtOnce));
}
