import { formatNumber } from "@eventfork/core/platform/text/numbers";
import { html } from "hono/html";
import type { LedgerEffect } from "../ledger.ts";
import { emptyView, type Html, timeView } from "../page/parts.ts";

export function eventsView(effects: readonly LedgerEffect[], minutes: readonly { at: Date; count: number }[]): Html {
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
