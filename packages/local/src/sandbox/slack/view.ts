import { html } from "hono/html";
import { emptyView, type Html, timeView } from "../page/parts.ts";
import { sandboxChannel } from "../variables.ts";
import { richTextOf, type SandboxMessage, type TextElement } from "./api.ts";

export function messagesView(messages: readonly SandboxMessage[]): Html {
  if (messages.length === 0)
    return emptyView(`Nothing in ${sandboxChannel} yet. Sign up in the app, and the message appears here.`);
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
