import { formatNumber } from "@eventfork/core/kernel/numbers";
import { integrations, type RequiredName, requiredNames } from "@eventfork/core/topology";
import { html, raw } from "hono/html";
import type { Faults } from "./faults.ts";
import type { Ledger, LedgerEffect } from "./ledger.ts";
import { listMails, type SandboxMail } from "./mail.ts";
import { listMembers, type SandboxMember } from "./mailchimp.ts";
import { script, style } from "./page-assets.ts";
import { listMessages, richTextOf, type SandboxMessage, type TextElement } from "./slack.ts";
import { sandboxChannel } from "./variables.ts";

type Html = ReturnType<typeof html>;

const shownMessages = 30;
const shownMembers = 50;
const shownEvents = 30;
const shownMinutes = 30;
const shownMails = 20;

/** `nonce` allows the page's script in the content security policy. */
export function renderPage(options: {
  ledger: Ledger;
  faults: Faults;
  limits: { enabled: boolean };
  nonce: string;
}): Html {
  const { ledger, faults, limits, nonce } = options;
  const content: Record<RequiredName, Html> = {
    slack: messagesView(listMessages(ledger, shownMessages)),
    analytics: eventsView(ledger.latest("analytics", shownEvents), ledger.perMinute("analytics", shownMinutes)),
    mailchimp: membersView(listMembers(ledger, shownMembers)),
  };
  const order = requiredNames.toSorted((a, b) => Number(b === "slack") - Number(a === "slack"));
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Sandbox · Eventfork</title>
  <style>${raw(style)}</style>
</head>
<body>
  <div class="top">
    <div>
      <h1>Sandbox</h1>
      <p class="muted">Stand-ins for Slack, Mailchimp, the analytics service and the mail service. Nothing leaves this machine.</p>
    </div>
    <div class="actions">
      <span id="status" class="muted" role="status"></span>
      <label class="check"><input type="checkbox" id="limits" ${limits.enabled ? "checked" : ""}> Rate limits</label>
      <button id="clear" type="button">Clear all</button>
    </div>
  </div>
  <main>
    ${order.map(
      (name) => html`<section class="card" id="${name}" aria-labelledby="${name}-title">
      <div id="${name}-live" data-live>
        <header>
          <h2 id="${name}-title">${integrations[name].title}</h2>
          ${faultPill(faults.get(name))}
        </header>
        ${figuresView(ledger, name)}
      </div>
      <div class="scroll" tabindex="0" role="region" aria-label="${integrations[name].title}: received">
        <div id="${name}-received" data-live>${content[name]}</div>
      </div>
      ${faultForm(name)}
    </section>`,
    )}
    <section class="card" id="mail" aria-labelledby="mail-title">
      <header><h2 id="mail-title">Mail</h2></header>
      <div class="scroll" tabindex="0" role="region" aria-label="Mail: received">
        <div id="mail-received" data-live>${mailsView(listMails(ledger, shownMails))}</div>
      </div>
    </section>
  </main>
  <script nonce="${nonce}">${raw(script)}</script>
</body>
</html>`;
}

function figuresView(ledger: Ledger, name: RequiredName): Html {
  const { accepted, refused, faulted, received, unique } = ledger.read(name, { limit: 0 });
  const nouns: Record<RequiredName, string> = { analytics: "messages", mailchimp: "members", slack: "events told" };
  const figures = { calls: accepted, refused, faulted, [nouns[name]]: unique, repeated: received - unique };
  const entries = Object.entries(figures);
  return html`<dl class="figures">${entries.map(([noun, value]) => html`<div><dt>${noun}</dt><dd>${formatNumber(value)}</dd></div>`)}</dl>`;
}

function faultPill(fault: ReturnType<Faults["get"]>): Html {
  if (fault === null) return html`<span class="pill good">healthy</span>`;
  const { seed: _seed, rate, ...kinds } = fault;
  const words = Object.entries(kinds).map(([kind, value]) => (value === true ? kind : `${kind} ${value}`));
  return html`<span class="pill bad">${words.join(", ") || "no fault"}, ${Math.round(rate * 100)} % of calls</span>`;
}

function faultForm(name: RequiredName): Html {
  const number = (field: string, label: string, hint: string, step = "1") =>
    html`<label>${label}<input type="number" name="${field}" min="0" step="${step}" placeholder="${hint}"></label>`;
  const check = (field: string, label: string) =>
    html`<label class="check"><input type="checkbox" name="${field}"> ${label}</label>`;
  return html`<details>
    <summary>Faults</summary>
    <form data-integration="${name}">
      ${number("status", "Answer with status", "503")}
      <label>Answer with code<input type="text" name="code" placeholder="${codeHints[name]}"></label>
      ${number("rate", "Share of calls, 0 to 1", "1", "any")}
      ${number("latencyMs", "Delay in ms", "2000")}
      ${number("slowBodyMs", "Slow body in ms", "8000")}
      ${number("retryAfterSeconds", "Retry-After in s", "30")}
      ${check("hang", "Never answer")}
      ${check("reset", "Reset connection")}
      ${check("afterEffect", "After its effect")}
      <div class="buttons"><button type="submit">Switch on</button><button type="reset">Switch off</button></div>
    </form>
  </details>`;
}

const codeHints: Record<RequiredName, string> = {
  analytics: "Invalid write key",
  mailchimp: "Forbidden",
  slack: "not_in_channel",
};

function messagesView(messages: readonly SandboxMessage[]): Html {
  if (messages.length === 0)
    return emptyView(`Nothing in ${sandboxChannel} yet. Sign up in the app, and it is told here.`);
  return html`<ol>${messages.map(
    (message) => html`<li class="message">
      <span class="avatar" aria-hidden="true">E</span>
      <div><strong>Eventfork</strong> <span class="pill">app</span> ${timeView(new Date(Number(message.ts) * 1_000))}
      <div class="body">${bodyOf(message)}</div></div>
    </li>`,
  )}</ol>`;
}

function bodyOf({ text, blocks = [] }: SandboxMessage): Html[] {
  const parts = blocks.map((block) => {
    const rich = richTextOf(block);
    if (rich.length > 0) return html`${rich.map(renderElement)}`;
    return renderMrkdwn(typeof block.text === "object" ? block.text.text : (block.text ?? ""));
  });
  return parts.length === 0 ? [renderMrkdwn(text)] : parts.flatMap((part, i) => (i === 0 ? [part] : [html`\n`, part]));
}

function renderElement({ type, text = "", timestamp, style }: TextElement): Html {
  if (type === "date") return timeView(new Date(Number(timestamp) * 1_000));
  return style === undefined ? html`${text}` : html`<strong>${text}</strong>`;
}

/** User input must never create a mention. */
function renderMrkdwn(text: string): Html {
  const parts = text.split(/(<[^<>]+>|\*[^*\n]+\*)/);
  return html`${parts.map((part) => {
    if (/^\*.+\*$/.test(part)) return html`<strong>${unescapeText(part.slice(1, -1))}</strong>`;
    if (!/^<.+>$/.test(part)) return html`${unescapeText(part)}`;
    const date = /^<!date\^(\d+)\^[^|]*\|/.exec(part);
    if (date !== null) return timeView(new Date(Number(date[1]) * 1_000));
    return html`<span class="mention">${unescapeText(part.slice(1, -1))}</span>`;
  })}`;
}

function unescapeText(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function membersView(members: readonly SandboxMember[]): Html {
  if (members.length === 0) return emptyView("The audience is empty. Sign up in the app to add its first member.");
  return html`<table>
    <thead><tr><th scope="col">Contact</th><th scope="col">Status</th><th scope="col">Tags</th></tr></thead>
    <tbody>${members.map(({ email_address, merge_fields, status, tags }) => {
      const name = [merge_fields.FNAME, merge_fields.LNAME].filter((part) => part !== undefined).join(" ");
      return html`<tr>
        <td>${email_address}<small>${name}</small></td>
        <td><span class="pill ${status === "subscribed" ? "good" : ""}">${status}</span></td>
        <td class="tags">${tags.join(", ")}</td>
      </tr>`;
    })}</tbody>
  </table>`;
}

function mailsView(mails: readonly SandboxMail[]): Html {
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

function eventsView(effects: readonly LedgerEffect[], minutes: readonly { at: Date; count: number }[]): Html {
  if (effects.length === 0) return emptyView("Nothing is counted yet. Sign up or log in, and it is counted here.");
  return html`${barsView(minutes)}
  <table>
    <thead><tr><th scope="col">Call</th><th scope="col">Person</th><th scope="col">Received</th></tr></thead>
    <tbody>${effects.map(
      ({ firstAt, count, detail }) => html`<tr>
        <td><code>${String(detail.event ?? detail.type)}</code>${count > 1 ? html`<small>sent ${count} times</small>` : ""}</td>
        <td class="mono" title="${personOf(detail)}">${personOf(detail)}</td>
        <td>${timeView(new Date(firstAt))}</td>
      </tr>`,
    )}</tbody>
  </table>`;
}

function personOf({ userId, anonymousId }: LedgerEffect["detail"]): string {
  return String(userId ?? anonymousId ?? "");
}

function barsView(minutes: readonly { at: Date; count: number }[]): Html {
  const highest = Math.max(1, ...minutes.map(({ count }) => count));
  const total = minutes.reduce((sum, { count }) => sum + count, 0);
  const summary = `${formatNumber(total)} in ${minutes.length} minutes, at most ${formatNumber(highest)} in one minute`;
  return html`<svg class="bars" viewBox="0 0 ${minutes.length * 10} 72" preserveAspectRatio="none" role="img" aria-label="${summary}">
    ${minutes.map(({ at, count }, index) => {
      const height = (count / highest) * 68;
      return html`<g><title>${at.toISOString().slice(11, 16)} UTC: ${count}</title>
        <rect class="base" x="${index * 10 + 1}" y="70" width="8" height="2"></rect>
        <rect x="${index * 10 + 1}" y="${70 - height}" width="8" height="${height}"></rect></g>`;
    })}
  </svg>
  <p class="axis muted"><span>${minutes.length} min ago</span><span>${summary}</span><span>now</span></p>`;
}

function emptyView(text: string): Html {
  return html`<p class="empty">${text}</p>`;
}

function timeView(at: Date): Html {
  const seconds = Math.max(0, Math.round((Date.now() - at.getTime()) / 1_000));
  const units = [
    [86_400, "d"],
    [3_600, "h"],
    [60, "min"],
    [1, "s"],
  ] as const;
  const [size, unit] = units.find(([length]) => seconds >= length) ?? [1, "s"];
  return html`<time datetime="${at.toISOString()}" title="${at.toISOString()}">${Math.floor(seconds / size)} ${unit} ago</time>`;
}
