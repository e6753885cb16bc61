import { html } from "hono/html";
import { emptyView, type Html, timeView } from "../page/parts.ts";
import type { SandboxMail } from "./api.ts";

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
