import { formatNumber } from "@eventfork/core/platform/text/numbers";
import { integrations, type RequiredName, requiredNames } from "@eventfork/core/topology";
import { html, raw } from "hono/html";
import { eventsView } from "../analytics/view.ts";
import type { Faults } from "../faults.ts";
import type { SandboxLedger } from "../ledger.ts";
import { listMails, mailsView } from "../mail/mail.ts";
import { listMembers, membersView } from "../mailchimp/members.ts";
import { listMessages } from "../slack/api.ts";
import { messagesView } from "../slack/view.ts";
import { script, style } from "./assets.ts";
import type { Html } from "./parts.ts";

const shownMessages = 30;
const shownMembers = 50;
const shownEvents = 30;
const shownMinutes = 30;
const shownMails = 20;

/** `nonce` allows the page's script in the content security policy. */
export function renderPage(options: {
  ledger: SandboxLedger;
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

function figuresView(ledger: SandboxLedger, name: RequiredName): Html {
  const { accepted, refused, faulted, received, unique } = ledger.read(name, { limit: 0 });
  const nouns: Record<RequiredName, string> = { analytics: "messages", mailchimp: "members", slack: "events posted" };
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
