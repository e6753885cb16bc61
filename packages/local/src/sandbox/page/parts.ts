import { html } from "hono/html";

export type Html = ReturnType<typeof html>;

export function emptyView(text: string): Html {
  return html`<p class="empty">${text}</p>`;
}

export function timeView(at: Date): Html {
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
