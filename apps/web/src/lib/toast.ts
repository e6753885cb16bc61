/** Something that the eye would miss, said for a moment at the edge of the screen. */
export type Toast = { kind: "success" | "warning" | "error"; text: string };

let waiting: Toast[] = [];
let show: ((toast: Toast) => void) | null = null;

function say(toast: Toast): void {
  if (show === null) waiting.push(toast);
  else show(toast);
}

/** Says something now, or as soon as there is a place to say it. */
export const toast = {
  success: (text: string) => say({ kind: "success", text }),
  warning: (text: string) => say({ kind: "warning", text }),
  error: (text: string) => say({ kind: "error", text }),
};

/** Takes what waits and all that is said from now on; the answer ends it. */
export function takeToasts(take: (toast: Toast) => void): () => void {
  for (const toast of waiting) take(toast);
  waiting = [];
  show = take;
  return () => {
    show = null;
  };
}
