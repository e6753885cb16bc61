/** How tries end, from the bottom of a chart's bars to their top. */
export const layers = [
  { of: "delivered", title: "Delivered", fill: "var(--success-fill)" },
  { of: "retried", title: "Failed, tried again", fill: "var(--warning-fill)" },
  { of: "refused", title: "Credentials refused", fill: "var(--info-fill)" },
  { of: "died", title: "Died", fill: "var(--destructive-fill)" },
] as const;
