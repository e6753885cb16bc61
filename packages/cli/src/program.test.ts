import { writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { installPlatform, withoutEngines } from "../../../infra/testing/platform.ts";
import { createProgram } from "./program.ts";
import { createCli, examplesInHelp, listLeaves, pathOf, splitShell } from "./testing/eventfork.ts";
import { startSstBackend } from "./testing/sst-backend.ts";

let cli: Awaited<ReturnType<typeof createCli>>;
beforeAll(async () => {
  [cli] = await Promise.all([createCli(), installPlatform()]);
}, 300_000);

describe("every command", () => {
  const commands = listLeaves(createProgram({ isJson: false })).map((command) => [pathOf(command), command] as const);

  test.each(commands)("%s accepts --json or streams lines, and has a description", (_, command) => {
    expect(command.description()).not.toBe("");
    expect(command.options.map(({ long }) => long)).toContain("--json");
    for (const { flags, description } of command.options) expect(`${flags}: ${description}`).not.toMatch(/: $/);
  });

  const examples = commands.flatMap(([, command]) =>
    examplesInHelp(command).map((example) => [example, command] as const),
  );

  test.each(commands)("the help of %s shows its usage", (_, command) => {
    expect(examplesInHelp(command)).not.toEqual([]);
  });

  test.each(examples)("the example %s parses and belongs to its own command", async (example, command) => {
    const program = createProgram({ isJson: true });
    let ran = "";
    for (const each of listLeaves(program)) {
      each.action(() => {
        ran = pathOf(each);
      });
    }
    await program.parseAsync(splitShell(example), { from: "user" });
    expect(ran).toBe(pathOf(command));
  });
});

test.each([
  ["an unknown command", ["flight"], /unknown command 'flight'/],
  ["an unknown option", ["status", "--loud"], /unknown option '--loud'/],
  ["an option that is missing", ["emit", "user.signed_up"], /--data <json>' not specified/],
  ["a misspelt command", ["deliverys"], /Did you mean deliveries/],
])("%s is refused with a message, and as JSON on request", async (_, args, words) => {
  const people = await cli.eventforkProcess(args);
  expect(people).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(words) });
  const programs = await cli.eventforkProcess([...args, "--json"]);
  expect([programs.code, programs.stderr]).toEqual([1, ""]);
  expect(JSON.parse(programs.stdout).error).toMatchObject({ code: "INVALID", message: expect.stringMatching(words) });
});

describe("--stage", () => {
  const file = new URL("../../../.env.cli-test", import.meta.url);

  test("takes a stage's settings from its file alone, not from the environment", async () => {
    const { DATABASE_URL, EVENTFORK_TOPIC_ARN, EVENTFORK_QUEUES, AWS_ENDPOINT_URL, AWS_REGION } = cli.env;
    const settings = { DATABASE_URL, EVENTFORK_TOPIC_ARN, EVENTFORK_QUEUES, AWS_ENDPOINT_URL, AWS_REGION };
    writeFileSync(
      file,
      Object.entries(settings)
        .map(([name, value]) => `${name}='${value}'\n`)
        .join(""),
    );
    try {
      const wrong = { DATABASE_URL: "postgresql://u:p@127.0.0.1:9/local", EVENTFORK_QUEUES: "{}" };
      const { code, stdout } = await cli.eventforkProcess(["status", "--stage", "cli-test", "--json"], wrong);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ outbox: { depth: 0 } });
      writeFileSync(file, `EVENTFORK_TOPIC_ARN='${EVENTFORK_TOPIC_ARN}'\n`);
      const half = await cli.eventforkProcess(["status", "--stage", "cli-test"]);
      expect([half.code, half.stderr]).toEqual([1, expect.stringMatching(/DATABASE_URL is not set/)]);
    } finally {
      await rm(file);
    }
  });

  test("a name that no stage can have is refused", async () => {
    const { code, stderr } = await cli.eventforkProcess(["status", "--stage", "../production"]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/"\.\.\/production" is no stage's name/)]);
  });

  test("without a file, reads the stage's links from the real SST", { timeout: 90_000 }, async () => {
    const { DATABASE_URL = "", EVENTFORK_TOPIC_ARN = "", EVENTFORK_QUEUES = "" } = cli.env;
    const links = {
      DatabaseUrl: DATABASE_URL,
      EventforkTopicArn: EVENTFORK_TOPIC_ARN,
      EventforkQueues: EVENTFORK_QUEUES,
    };
    const backend = await startSstBackend(["ada", "cli-test"], links);
    const wrong = { DATABASE_URL: "postgresql://u:p@127.0.0.1:9/local", EVENTFORK_QUEUES: "{}" };
    const env = {
      ...wrong,
      ...withoutEngines,
      AWS_ENDPOINT_URL: backend.url,
      AWS_ENDPOINT_URL_SQS: cli.env.AWS_ENDPOINT_URL,
    };
    const data = JSON.stringify({
      userId: "usr_1",
      email: "ada@example.com",
      name: "Ada King",
      marketingConsent: true,
    });
    const emit = await cli.eventforkProcess(["emit", "user.signed_up", "--data", data, "--stage", "ada", "--json"], {
      ...env,
      AWS_ENDPOINT_URL_SNS: cli.env.AWS_ENDPOINT_URL,
    });
    expect(JSON.parse(emit.stdout)).toMatchObject({ published: 1 });
    writeFileSync(file, "DATABASE_URL=postgresql://u:p@127.0.0.1:9/tunnel\n");
    const tunnel = await cli.eventforkProcess(["status", "--stage", "cli-test"], env);
    await rm(file);
    expect(tunnel.stderr).toMatch(/The database that DATABASE_URL names cannot be reached/);
    const missing = await cli.eventforkProcess(["status", "--stage", "adda"], env);
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringMatching(/SST says: state not found/)]);
    await backend.stop();
  });

  test("a missing stage is reported with SST's error and how to create it", { timeout: 90_000 }, async () => {
    const nobody = {
      ...withoutEngines,
      AWS_ACCESS_KEY_ID: "",
      AWS_SECRET_ACCESS_KEY: "",
      AWS_PROFILE: "",
      AWS_EC2_METADATA_DISABLED: "true",
    };
    const { code, stdout } = await cli.eventforkProcess(["status", "--stage", "prodution", "--json"], nobody);
    expect(code).toBe(1);
    const { message } = JSON.parse(stdout).error;
    expect(message).toMatch(
      /The stage prodution cannot be reached[\s\S]*SST says: .*AWS credentials[\s\S]*npx sst deploy/,
    );
  });
});
