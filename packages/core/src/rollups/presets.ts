// Browser-safe: imports nothing that needs a server.
export const rangeNames = ["15m", "1h", "6h", "24h", "7d", "30d", "90d"] as const;
export type RangeName = (typeof rangeNames)[number];

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

export const rangeLengthsMs: Readonly<Record<RangeName, number>> = {
  "15m": 15 * minuteMs,
  "1h": hourMs,
  "6h": 6 * hourMs,
  "24h": dayMs,
  "7d": 7 * dayMs,
  "30d": 30 * dayMs,
  "90d": 90 * dayMs,
};

export const defaultRange: RangeName = "1h";
