import {
  type Actor,
  type Ctx,
  type ErrorCode,
  EventforkError,
  invalidInput,
  maintenance,
  maskPersonalData,
  messageOf,
} from "@eventfork/core/platform";
import { consumeRateLimit, type Limit } from "@eventfork/core/platform/rate-limit";
import type { Person } from "@eventfork/core/users";
import { initTRPC, TRPCError } from "@trpc/server";
import superjson from "superjson";
import { ZodError, type z } from "zod";

type Context = Omit<Ctx, "actor"> & {
  person: Person | null;
  isVerificationRequired?: boolean | undefined;
  isInMaintenance?: boolean | undefined;
  afterResponse?: (work: () => Promise<unknown>) => void;
};

type TrpcCode = TRPCError["code"];

const trpcCodes: Readonly<Record<ErrorCode, TrpcCode>> = {
  INVALID: "BAD_REQUEST",
  NOT_FOUND: "NOT_FOUND",
  CONFLICT: "CONFLICT",
  UNAUTHENTICATED: "UNAUTHORIZED",
  FORBIDDEN: "FORBIDDEN",
  LIMITED: "TOO_MANY_REQUESTS",
  UNAVAILABLE: "SERVICE_UNAVAILABLE",
  MISCONFIGURED: "PRECONDITION_FAILED",
};

/** @throws TRPCError `BAD_REQUEST`, without superjson's internals. */
function deserializeInput(input: Parameters<typeof superjson.deserialize>[0]): unknown {
  try {
    return superjson.deserialize(input);
  } catch (cause) {
    const message = 'The input cannot be read. Send {"json": …}, with no "meta" unless superjson wrote it.';
    throw new TRPCError({ code: "BAD_REQUEST", message, cause });
  }
}

const t = initTRPC.context<Context>().create({
  transformer: { input: { serialize: superjson.serialize, deserialize: deserializeInput }, output: superjson },
  isDev: false,
  errorFormatter: ({ shape, error }) => ({
    ...shape,
    data: { ...shape.data, problems: error.cause instanceof EventforkError ? error.cause.problems : [] },
  }),
});

const mapErrors = t.middleware(async ({ ctx, path, next }) => {
  const result = await next();
  if (!result.ok) throw toTrpcError(ctx, path, result.error);
  if (!isStream(result.data)) return result;
  return { ...result, data: mapStreamErrors(ctx, path, result.data) };
});

/** Logs unexpected errors and hides them from the client. */
function toTrpcError(ctx: Pick<Context, "log">, path: string, error: unknown): TRPCError {
  const found = error instanceof TRPCError ? error.cause : error;
  const cause = found instanceof ZodError ? invalidInput(found) : found;
  if (cause instanceof EventforkError) {
    return new TRPCError({ code: trpcCodes[cause.code], message: cause.message, cause });
  }
  if (error instanceof TRPCError && error.code !== "INTERNAL_SERVER_ERROR") return error;
  ctx.log.error({ procedure: path, error: messageOf(cause ?? error) }, "a procedure failed");
  const message = "Something went wrong on our side. Try again in a moment.";
  return new TRPCError({ code: "INTERNAL_SERVER_ERROR", message });
}

/** Masks every response to viewers; nothing else masks. */
const maskForViewers = t.middleware(async ({ ctx, next }) => {
  const result = await next();
  if (!result.ok || ctx.person?.role !== "viewer") return result;
  const { data } = result;
  return { ...result, data: isStream(data) ? maskStream(data) : maskPersonalData(data) };
});

async function* maskStream(stream: AsyncIterable<unknown>) {
  for await (const part of stream) yield maskPersonalData(part);
}

async function* mapStreamErrors(ctx: Pick<Context, "log">, path: string, stream: AsyncIterable<unknown>) {
  try {
    yield* stream;
  } catch (error) {
    throw toTrpcError(ctx, path, error);
  }
}

function isStream(data: unknown): data is AsyncIterable<unknown> {
  return typeof data === "object" && data !== null && Symbol.asyncIterator in data;
}

const withActor = (isAllowed: (person: Person) => boolean, message: string) =>
  t.middleware(({ ctx, next }) => {
    const { person } = ctx;
    if (person === null || !isAllowed(person)) throw new TRPCError({ code: "FORBIDDEN", message });
    const actor: Actor = { kind: "person", id: person.id, email: person.email, role: person.role };
    return next({ ctx: { ...ctx, actor } });
  });

export const router = t.router;

const procedure = t.procedure.use(mapErrors);

/** Operators still work, because they end the maintenance. */
const holdInMaintenance = t.middleware(({ ctx, type, next }) => {
  if (ctx.isInMaintenance && type === "mutation") throw new EventforkError("UNAVAILABLE", maintenance.message);
  return next();
});

export const personProcedure = procedure.use(withActor(() => true, "Log in to do this.")).use(holdInMaintenance);

export const viewerProcedure = procedure
  .use(maskForViewers)
  .use(withActor(({ role }) => role === "viewer" || role === "admin", "Only operators may see this."));

export const adminProcedure = procedure.use(withActor(({ role }) => role === "admin", "Only an admin may do this."));

type Verb<Input extends z.ZodType, Answer> = (
  ctx: Omit<Context, "afterResponse"> & { actor: Actor },
  input: z.output<Input>,
) => Promise<Answer>;

export const viewerQuery = <Input extends z.ZodType, Answer>(schema: Input, verb: Verb<Input, Answer>) =>
  viewerProcedure.input(schema).query(({ ctx, input }) => verb(ctx, input as z.output<Input>));

export const viewerMutation = <Input extends z.ZodType, Answer>(schema: Input, verb: Verb<Input, Answer>) =>
  viewerProcedure.input(schema).mutation(({ ctx, input }) => verb(ctx, input as z.output<Input>));

export const adminMutation = <Input extends z.ZodType, Answer>(schema: Input, verb: Verb<Input, Answer>) =>
  adminProcedure.input(schema).mutation(({ ctx, input }) => verb(ctx, input as z.output<Input>));

export const personMutation = <Input extends z.ZodType, Answer>(schema: Input, verb: Verb<Input, Answer>) =>
  personProcedure.input(schema).mutation(({ ctx, input }) => verb(ctx, input as z.output<Input>));

/** At most `max` calls a minute for each person. */
export const limited = (name: string, max: number) =>
  t.middleware(async ({ ctx, next }) => {
    const limit: Limit = { key: `${name}|${ctx.person?.id ?? "nobody"}`, max, windowSeconds: 60 };
    await consumeRateLimit(ctx, limit);
    return next();
  });
