import { z } from "zod";
import { Prisma } from "../platform/db/index.ts";
import { type Ctx, EventforkError, inputText, newId, parseInput } from "../platform/index.ts";

export type SavedView = {
  id: string;
  name: string;
  query: string;
};

const maximumViews = 50;

const page = inputText.regex(/^[a-z-]{1,40}$/, "should be the last part of a list's address");
const name = inputText.trim().min(1, "should have a name").max(60);
const query = inputText.max(2_000).transform((text) => {
  const params = new URLSearchParams(text);
  params.delete("cursor");
  return params.toString();
});

export const listViewsInput = z.strictObject({ page });
export const saveViewInput = z.strictObject({ page, name, query });
export const renameViewInput = z.strictObject({ id: inputText.max(100), name });
export const removeViewInput = z.strictObject({ id: inputText.max(100) });

type ViewsCtx = Pick<Ctx, "db" | "actor" | "now">;

const shown = { id: true, name: true, query: true } as const;

export async function listViews(ctx: ViewsCtx, input: z.input<typeof listViewsInput>): Promise<SavedView[]> {
  const { page: of } = parseInput(listViewsInput, input);
  return ctx.db.savedView.findMany({
    where: { userId: ownerOf(ctx), page: of },
    orderBy: { name: "asc" },
    select: shown,
    take: maximumViews,
  });
}

/**
 * Replaces a view of the same name.
 * @throws EventforkError `INVALID`, `CONFLICT` beyond 50.
 */
export async function saveView(ctx: ViewsCtx, input: z.input<typeof saveViewInput>): Promise<SavedView> {
  const view = { userId: ownerOf(ctx), ...parseInput(saveViewInput, input) };
  const { userId, page: of, name: called } = view;
  const others = await ctx.db.savedView.count({ where: { userId, page: of, NOT: { name: called } } });
  if (others >= maximumViews)
    throw new EventforkError("CONFLICT", `You have ${maximumViews} views of this list: delete one first.`);
  return ctx.db.savedView.upsert({
    where: { userId_page_name: { userId, page: of, name: called } },
    create: { id: newId("view"), ...view, createdAt: ctx.now() },
    update: { query: view.query },
    select: shown,
  });
}

/** @throws EventforkError `NOT_FOUND` for another user's, `CONFLICT` when the name is taken. */
export async function renameView(ctx: ViewsCtx, input: z.input<typeof renameViewInput>): Promise<void> {
  const { id, name: called } = parseInput(renameViewInput, input);
  const where = { id, userId: ownerOf(ctx) };
  const { count } = await ctx.db.savedView.updateMany({ where, data: { name: called } }).catch((error) => {
    if (!(error instanceof Prisma.PrismaClientKnownRequestError) || error.code !== "P2002") throw error;
    throw new EventforkError("CONFLICT", `You have a view called ${called} already.`);
  });
  if (count === 0) throw notFound();
}

export async function removeView(ctx: ViewsCtx, input: z.input<typeof removeViewInput>): Promise<void> {
  const { id } = parseInput(removeViewInput, input);
  const { count } = await ctx.db.savedView.deleteMany({ where: { id, userId: ownerOf(ctx) } });
  if (count === 0) throw notFound();
}

function notFound(): EventforkError {
  return new EventforkError("NOT_FOUND", "There is no such view of yours: it may have been deleted.");
}

function ownerOf({ actor }: Pick<Ctx, "actor">): string {
  if (actor.kind !== "person") throw new EventforkError("FORBIDDEN", "Only a person has views.");
  return actor.id;
}
