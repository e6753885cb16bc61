import { formatClock, type SoakReport } from "./report.ts";

type Point = readonly [at: number, value: number | null];
type Series = { name: string; points: readonly Point[] };

type Panel = { title: string; series: readonly Series[]; logarithmicTicks?: Ticks };

type Ticks = readonly (readonly [value: number, label: string])[];

const millisecondTicks: Ticks = ["10 ms", "100 ms", "1 s", "10 s", "100 s", "1,000 s"].map((label, index) => [
  10 ** (index + 1),
  label,
]);

const secondsByLabel = { 0: 0, "1 s": 1, "10 s": 10, "1 min": 60, "10 min": 600, "1 h": 3_600, "1 day": 86_400 };
const secondTicks: Ticks = Object.entries(secondsByLabel).map(([label, seconds]) => [seconds, label]);

const leastTicks = 3;

const colors = ["#0072b2", "#d55e00", "#009e73", "#aa4499", "#997700"];
const size = { width: 1_100, left: 80, right: 190, top: 78, panel: 150, gap: 50 };
const plotWidth = size.width - size.left - size.right;
const clockSteps = [1, 2, 5, 10, 30, 60, 120, 300, 600];
const mostClocks = 12;
const fourths = [0, 0.25, 0.5, 0.75, 1];

export function drawSoak(report: SoakReport): string {
  const { timeline, outage, drop, replay } = report;
  type Step = (typeof timeline)[number];
  const series = (name: string, read: (step: Step) => number | null | undefined): Series => ({
    name,
    points: timeline.map((step) => [step.at, read(step) ?? null]),
  });
  const jobs = Object.keys(report.lagSeconds) as (keyof SoakReport["lagSeconds"])[];
  const queues = Object.keys(timeline.find(({ backlog }) => backlog !== null)?.backlog ?? {});
  const panels: Panel[] = [
    {
      title: "Throughput, per second",
      series: [
        series("events recorded", (step) => step.eventsPerSecond),
        series("deliveries", (step) => step.deliveriesPerSecond),
      ],
    },
    {
      title: "Total latency, p99",
      series: [series("not paced", (step) => step.totalP99), series("paced", (step) => step.pacedP99)],
      logarithmicTicks: millisecondTicks,
    },
    {
      title: "Lag of each job",
      series: jobs.map((job) => series(job, ({ lag }) => lag?.[job])),
      logarithmicTicks: secondTicks,
    },
    {
      title: "Backlog, messages",
      series: queues.map((name) => series(name, ({ backlog }) => backlog?.[name])),
    },
  ];
  const seconds = timeline.at(-1)?.at ?? 1;
  const bottom = size.top + panels.length * (size.panel + size.gap) - size.gap;
  const xOf = (at: number) => round(size.left + (at / seconds) * plotWidth);
  const title = `Soak: ${report.rate} events/s for ${report.minutes.toFixed(1)} minutes; lost ${report.lost}, doubled ${report.doubled}`;
  const marks = [
    drawSpan(`${outage.integration} is down`, xOf(outage.from), xOf(outage.until), "#fbe3d6"),
    drawSpan("replay", xOf(replay.from), xOf(replay.until ?? seconds), "#dcebf7"),
    drawSpan("retention", xOf(drop.from), xOf(drop.until), "#d9d9d9"),
  ];

  function drawSpan(name: string, from: number, until: number, color: string): string {
    const width = round(Math.max(2, until - from));
    return (
      `<rect data-mark="${name}" x="${from}" y="${size.top}" width="${width}" height="${bottom - size.top}" fill="${color}"/>` +
      drawText(name, from, size.top - 28, { color: "#333" })
    );
  }

  const every = clockSteps.find((step) => seconds / step <= mostClocks) ?? seconds;
  const clock = Array.from({ length: Math.floor(seconds / every) + 1 }, (_, step) =>
    drawText(formatClock(step * every), xOf(step * every), bottom + 20, middle),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${bottom + 40}" width="${size.width}" height="${bottom + 40}" font-family="Helvetica, Arial, sans-serif" font-size="12">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    drawText(title, size.left, 28, { size: 16 }),
    ...marks,
    ...panels.map((panel, index) => drawPanel(panel, size.top + index * (size.panel + size.gap), xOf)),
    ...clock,
    "</svg>",
    "",
  ].join("\n");
}

function drawPanel(
  { title, series, logarithmicTicks: ticks }: Panel,
  top: number,
  xOf: (at: number) => number,
): string {
  const scale = ticks === undefined ? (value: number) => value : (value: number) => Math.log10(1 + value);
  const highest = Math.max(1, ...series.flatMap(({ points }) => points.map(([, value]) => value ?? 0)));
  const linear = fourths.map(
    (share) => [roundUp(highest) * share, (roundUp(highest) * share).toLocaleString("en")] as const,
  );
  const above = ticks?.findIndex(([value]) => value >= highest) ?? -1;
  const shown = ticks?.slice(0, above === -1 ? undefined : Math.max(leastTicks, above + 1)) ?? linear;
  const lowest = scale(shown.at(0)?.[0] ?? 0);
  const range = scale(Math.max(highest, shown.at(-1)?.[0] ?? 1)) - lowest;
  const yOf = (value: number) => round(top + size.panel * (1 - Math.max(0, scale(value) - lowest) / range));
  const right = size.left + plotWidth;
  return [
    drawText(title, size.left, top - 8, { weight: "bold" }),
    ...shown.flatMap(([value, label]) => [
      `<line x1="${size.left}" y1="${yOf(value)}" x2="${right}" y2="${yOf(value)}" stroke="#ccc"/>`,
      drawText(label, size.left - 8, yOf(value) + 4, { anchor: "end", color: "#555" }),
    ]),
    ...series.flatMap(({ name, points }, index) => {
      const color = colors[index % colors.length] ?? "#000";
      return [
        `<path data-series="${title}: ${name}" d="${toPath(points, xOf, yOf)}" fill="none" stroke="${color}" stroke-width="1.8" stroke-linecap="round"/>`,
        `<rect x="${right + 14}" y="${top + index * 20}" width="12" height="12" fill="${color}"/>`,
        drawText(name, right + 32, top + index * 20 + 10, {}),
      ];
    }),
  ].join("\n");
}

function toPath(points: readonly Point[], xOf: (at: number) => number, yOf: (value: number) => number): string {
  const steps: string[] = [];
  let isBroken = true;
  for (const [at, value] of points) {
    if (value !== null) steps.push(`${isBroken ? "M" : "L"}${xOf(at)} ${yOf(value)}${isBroken ? "h0" : ""}`);
    isBroken = value === null;
  }
  return steps.join("");
}

const middle = { anchor: "middle", color: "#555" };

type TextStyle = { anchor?: string; color?: string; size?: number; weight?: string };

function drawText(text: string, x: number, y: number, style: TextStyle): string {
  const { anchor = "start", color = "#111", size = 12, weight = "normal" } = style;
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${color}" font-size="${size}" font-weight="${weight}">${text}</text>`;
}

function roundUp(value: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(value));
  return Math.ceil(value / magnitude / 2) * 2 * magnitude;
}

const round = (value: number) => Math.round(value * 10) / 10;
