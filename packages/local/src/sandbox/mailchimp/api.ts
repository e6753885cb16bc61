import { Hono } from "hono";
import { z } from "zod";
import type { FakeServiceOptions, SandboxEnv } from "../faults.ts";
import { sandboxApiKey, sandboxListId } from "../variables.ts";
import { memberHash, memberSchema, mergeMember, renderMember, type SandboxMember, toHash } from "./members.ts";
import {
  checkEmail,
  checkFields,
  complianceState,
  connectionLimit,
  forgottenEmail,
  invalid,
  invalidResource,
  keyInvalid,
  keyMissing,
  type MailchimpProblem,
  notFound,
  tooManyRequests,
  toResponse,
} from "./problems.ts";

const batchLimit = 500;

const batchSchema = z.looseObject({
  members: z.array(memberSchema.partial()),
  update_existing: z.boolean().default(false),
});

const tagsSchema = z.looseObject({
  tags: z.array(z.looseObject({ name: z.string().min(1).max(100), status: z.enum(["active", "inactive"]) })),
});

/**
 * Special addresses, with or without `+anything`: `forgotten@…` was deleted for good, `compliance@…` has unsubscribed
 * or bounced, `busy@…` joined too many lists, `fake@…` looks fake.
 */
export function createMailchimp({ ledger, limits, applyFault }: FakeServiceOptions) {
  const app = new Hono<SandboxEnv>();
  const refuse = (problem: MailchimpProblem) => {
    ledger.refuse("mailchimp");
    return toResponse(problem);
  };
  let open = 0;

  const find = (hash: string): SandboxMember | undefined => {
    const row = ledger.sql("SELECT member FROM mailchimp_member WHERE hash = ?").get(hash);
    return row === undefined ? undefined : JSON.parse(String(row.member));
  };
  const isForgotten = (hash: string) =>
    ledger.sql("SELECT 1 FROM mailchimp_forgotten WHERE hash = ?").get(hash) !== undefined;
  const save = (member: SandboxMember) => {
    ledger
      .sql("INSERT OR REPLACE INTO mailchimp_member VALUES (?, ?, ?)")
      .run(member.id, JSON.stringify(member), Date.now());
  };
  const accept = (members: readonly SandboxMember[]) => {
    ledger.accept(
      "mailchimp",
      members.map(({ email_address, status }) => ({ key: email_address.toLowerCase(), detail: { status } })),
      () => members.forEach(save),
    );
  };

  app.use(async (_c, next) => {
    open += 1;
    try {
      if (limits.enabled && open > connectionLimit) return refuse(tooManyRequests);
      return await next();
    } finally {
      open -= 1;
    }
  });
  app.use(applyFault);
  app.use(async (c, next) => {
    const authorization = c.req.header("authorization");
    if (authorization === undefined) return refuse(keyMissing);
    return isAuthorised(authorization) ? next() : refuse(keyInvalid);
  });
  app.get("/ping", (c) => c.json({ health_status: "Everything's Chimpy!" }));
  app.use("/lists/:list/*", async (c, next) => (c.req.param("list") === sandboxListId ? next() : refuse(notFound)));

  app.get("/lists/:list", (c) => {
    const members = ledger.sql("SELECT count(*) AS count FROM mailchimp_member").get()?.count;
    return c.json({ id: sandboxListId, name: "Sandbox", stats: { member_count: Number(members) } });
  });

  app.post("/lists/:list", async (c) => {
    const body = batchSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!body.success) return refuse(invalid(body.error));
    if (body.data.members.length > batchLimit) {
      return refuse({ status: 400, title: "Bad Request", detail: `More than ${batchLimit} members were sent.` });
    }
    const fresh = new Map<string, SandboxMember>();
    const updated = new Map<string, SandboxMember>();
    const errors: BatchError[] = [];
    for (const input of body.data.members) {
      const email = input.email_address ?? "";
      const hash = memberHash(email);
      const existing = fresh.get(hash) ?? find(hash);
      if (isForgotten(hash)) {
        errors.push(refuseInBatch(email, forgottenEmail(email).detail));
        continue;
      }
      const result = applyInBatch(existing, input, body.data.update_existing);
      if ("error" in result) errors.push(result);
      else (existing === undefined ? fresh : updated).set(hash, result);
    }
    accept([...fresh.values(), ...updated.values()]);
    return c.json({
      new_members: [...fresh.values()].map(renderMember),
      updated_members: [...updated.values()].map(renderMember),
      errors,
      total_created: fresh.size,
      total_updated: updated.size,
      error_count: errors.length,
    });
  });

  app.put("/lists/:list/members/:hash", async (c) => {
    const body = memberSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!body.success) return refuse(invalid(body.error));
    const input = body.data;
    const hash = toHash(c.req.param("hash"));
    const existing = find(hash);
    const problem = checkEmail(input.email_address) ?? checkFields(input.merge_fields);
    if (problem !== undefined) return refuse(problem);
    if (isForgotten(hash)) return refuse(forgottenEmail(input.email_address));
    if (existing === undefined && input.status_if_new === undefined) {
      const errors = [{ field: "status_if_new", message: "This value should not be blank." }];
      return refuse({ ...invalidResource, errors });
    }
    const hasLeft = existing !== undefined && ["unsubscribed", "cleaned"].includes(existing.status);
    if (hasLeft && input.status === "subscribed") return refuse(complianceState(existing.email_address));
    const { tags: _ignored, ...change } = input;
    const status = input.status ?? existing?.status ?? input.status_if_new;
    const member = mergeMember(existing, existing === undefined ? input : change, status);
    accept([member]);
    return c.json(renderMember(member));
  });

  app.post("/lists/:list/members/:hash/tags", async (c) => {
    const body = tagsSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!body.success) return refuse(invalid(body.error));
    const member = find(toHash(c.req.param("hash")));
    if (member === undefined) return refuse(notFound);
    const tags = new Set(member.tags);
    for (const { name, status } of body.data.tags) status === "active" ? tags.add(name) : tags.delete(name);
    ledger.accept("mailchimp", [], () => save({ ...member, tags: [...tags] }));
    return c.body(null, 204);
  });

  const remove = (hash: string, isForGood: boolean): boolean => {
    const member = find(hash);
    if (member === undefined) return false;
    ledger.accept("mailchimp", [], () => {
      ledger.sql("DELETE FROM mailchimp_member WHERE hash = ?").run(hash);
      if (isForGood) ledger.sql("INSERT OR IGNORE INTO mailchimp_forgotten VALUES (?)").run(hash);
    });
    return true;
  };
  app.delete("/lists/:list/members/:hash", (c) =>
    remove(toHash(c.req.param("hash")), false) ? c.body(null, 204) : refuse(notFound),
  );
  app.post("/lists/:list/members/:hash/actions/delete-permanent", (c) =>
    remove(toHash(c.req.param("hash")), true) ? c.body(null, 204) : refuse(notFound),
  );

  app.get("/lists/:list/members/:hash", (c) => {
    const member = find(toHash(c.req.param("hash")));
    return member === undefined ? refuse(notFound) : c.json(renderMember(member));
  });
  app.all("*", () => refuse(notFound));
  return app;
}

type BatchError = { email_address: string; error: string; error_code: string; field: string; field_message: string };

function refuseInBatch(email_address: string, error: string, error_code = "ERROR_GENERIC", field = ""): BatchError {
  return { email_address, error, error_code, field, field_message: "" };
}

function applyInBatch(
  existing: SandboxMember | undefined,
  input: z.output<typeof batchSchema>["members"][number],
  canUpdate: boolean,
): SandboxMember | BatchError {
  const email = input.email_address ?? "";
  const refuse = (error: string, error_code: string, field = "") => refuseInBatch(email, error, error_code, field);
  const problem = checkEmail(email) ?? checkFields(input.merge_fields);
  if (problem !== undefined) return refuse(problem.detail, "ERROR_GENERIC", problem.errors?.[0]?.field);
  if (existing === undefined && input.status === undefined)
    return refuse("The status is missing.", "ERROR_GENERIC", "status");
  if (existing !== undefined && !canUpdate) {
    const advice = "do you want to update? please provide update_existing:true in the request body";
    return refuse(`${email} is already a list member, ${advice}`, "ERROR_CONTACT_EXISTS");
  }
  return mergeMember(existing, { ...input, email_address: email }, input.status);
}

function isAuthorised(header: string): boolean {
  const [kind, value = ""] = header.split(" ");
  if (kind === "Bearer") return value === sandboxApiKey;
  return kind === "Basic" && Buffer.from(value, "base64").toString().endsWith(`:${sandboxApiKey}`);
}
