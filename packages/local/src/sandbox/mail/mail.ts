import { Hono } from "hono";
import { html } from "hono/html";
import { z } from "zod";
import type { SandboxEnv } from "../faults.ts";
import type { SandboxLedger } from "../ledger.ts";
import { emptyView, type Html, timeView } from "../page/parts.ts";

export type SandboxMail = { id: string; at: string; from: string; to: string; subject: string; text: string };

const content = z.object({ Data: z.string().min(1) });

const sendSchema = z.object({
  FromEmailAddress: z.email(),
  Destination: z.object({ ToAddresses: z.array(z.email()).length(1) }),
  Content: z.object({ Simple: z.object({ Subject: content, Body: z.object({ Text: content }) }) }),
});

export function createMail(ledger: SandboxLedger) {
  return new Hono<SandboxEnv>().post("/v2/email/outbound-emails", async (c) => {
    if (!c.req.header("authorization")?.startsWith("AWS4-HMAC-SHA256 ")) {
      return c.json({ message: "Missing Authentication Token" }, 403, {
        "x-amzn-errortype": "MissingAuthenticationTokenException",
      });
    }
    const parsed = sendSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!parsed.success) {
      return c.json({ message: z.prettifyError(parsed.error) }, 400, { "x-amzn-errortype": "BadRequestException" });
    }
    const { FromEmailAddress: from, Destination, Content } = parsed.data;
    const { Subject, Body } = Content.Simple;
    const mail: SandboxMail = {
      id: crypto.randomUUID(),
      at: new Date().toISOString(),
      from,
      to: Destination.ToAddresses[0] ?? "",
      subject: Subject.Data,
      text: Body.Text.Data,
    };
    ledger.sql("INSERT INTO mail VALUES (?, ?, ?)").run(mail.id, Date.now(), JSON.stringify(mail));
    return c.json({ MessageId: mail.id });
  });
}

export function listMails(ledger: SandboxLedger, limit: number): SandboxMail[] {
  const rows = ledger.sql("SELECT mail FROM mail ORDER BY at DESC, id LIMIT ?").all(limit);
  return rows.map((row) => JSON.parse(String(row.mail)));
}

export function mailsView(mails: readonly SandboxMail[]): Html {
  if (mails.length === 0)
    return emptyView("No mail yet. Ask for a new password in the app, and its link arrives here.");
  return html`<ol>${mails.map(
    ({ at, to, subject, text }) => html`<li class="message">
      <span class="avatar" aria-hidden="true">@</span>
      <div><strong>${subject}</strong> <span class="pill">to ${to}</span> ${timeView(new Date(at))}
      <div class="body">${text.split(/(https?:\/\/\S+)/).map((part) => (/^https?:/.test(part) ? html`<a href="${part}">${part}</a>` : part))}</div></div>
    </li>`,
  )}</ol>`;
}
