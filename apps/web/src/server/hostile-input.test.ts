import type { Ctx } from "@eventfork/core/platform";
import { seedRules } from "@eventfork/core/rules";
import type { Person } from "@eventfork/core/users";
import { createTestCtx } from "@eventfork/testing";
import { callTRPCProcedure, TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/unstable-core-do-not-import";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { appRouter } from "./routers/index.ts";
import { type BoundedAnswer, findProblem } from "./testing/bounds.ts";
import { hostileTexts, hostileValues, inputExamplesOf, inputPathsOf, withLeaf } from "./testing/hostile.ts";

let ctx: Ctx;

const admin = { id: "usr_admin", name: "Ada", email: "ada@lovelace.dev" };

beforeAll(async () => {
  ctx = await createTestCtx();
  await ctx.db.user.create({ data: { ...admin, role: "admin" } });
  await seedRules(ctx);
});

afterAll(() => ctx.db.$disconnect());

type Type = "query" | "mutation" | "subscription";
type Procedure = { path: string; type: Type; schema: z.core.$ZodType | undefined };

const procedures: Procedure[] = Object.entries<object>(appRouter._def.procedures).map(([path, procedure]) => {
  const { type, inputs } = (procedure as { _def: { type: Type; inputs: z.core.$ZodType[] } })._def;
  return { path, type, schema: inputs[0] };
});

const searches = ["events.list search", "events.follow search"];

async function call({ path, type }: Procedure, input: unknown): Promise<unknown> {
  await ctx.db.turn.deleteMany();
  const person: Person = { ...admin, role: "admin", marketingConsent: false, createdAt: new Date() };
  return callTRPCProcedure({
    router: appRouter,
    path,
    type,
    ctx: { ...ctx, person },
    getRawInput: async () => input,
    signal: undefined,
    batchIndex: 0,
  });
}

async function failureOf(procedure: Procedure, input: unknown): Promise<TRPCError | null> {
  try {
    const answer = await call(procedure, input);
    if (typeof answer === "object" && answer !== null && Symbol.asyncIterator in answer) {
      for await (const _ of answer as AsyncIterable<unknown>);
    }
    return null;
  } catch (error) {
    if (error instanceof TRPCError) return error;
    throw error;
  }
}

async function answerTo(procedure: Procedure, input: unknown): Promise<BoundedAnswer> {
  const failure = await failureOf(procedure, input);
  return failure === null
    ? { status: 200, text: "" }
    : { status: getHTTPStatusCodeFromError(failure), text: failure.message };
}

const inputsOf = ({ schema }: Procedure) => (schema === undefined ? [undefined] : inputExamplesOf(schema));

test("every procedure has an example of valid input", () => {
  expect(procedures.length).toBeGreaterThan(60);
  expect(procedures.filter((procedure) => inputsOf(procedure).length === 0).map(({ path }) => path)).toEqual([]);
});

describe.each(procedures)("$path", (procedure) => {
  test("hostile input gets no 5xx, and a quick, short response", async () => {
    const failures: string[] = [];
    const check = async (input: unknown, place: string) => {
      const problem = await findProblem(() => answerTo(procedure, input));
      if (problem !== null) failures.push(`${place}: ${problem}`);
    };
    for (const value of hostileValues) await check(value, "the whole input");
    for (const input of inputsOf(procedure)) {
      for (const leaf of inputPathsOf(input)) {
        for (const value of hostileValues) {
          await check(withLeaf(input, leaf, value), `${leaf.join(".")} = ${JSON.stringify(value)?.slice(0, 60)}`);
        }
      }
    }
    expect(failures).toEqual([]);
  }, 60_000);

  test.runIf(procedure.schema !== undefined)("a text that cannot be stored is refused with its field", async () => {
    const passed: string[] = [];
    for (const input of inputsOf(procedure)) {
      const texts = inputPathsOf(input).filter(
        (leaf) =>
          typeof leaf.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], input) === "string",
      );
      for (const leaf of texts) {
        for (const text of [hostileTexts.NUL, hostileTexts["a lone surrogate"]]) {
          const failure = await failureOf(procedure, withLeaf(input, leaf, text));
          const place = leaf.join(".");
          const isNamed =
            failure?.code === "BAD_REQUEST" &&
            [String(leaf[0]), "Invalid input"].some((words) => failure.message.includes(words));
          if (!isNamed && !searches.includes(`${procedure.path} ${place}`))
            passed.push(`${place}: ${failure?.message ?? "taken"}`);
        }
      }
    }
    expect(passed).toEqual([]);
  });
});
