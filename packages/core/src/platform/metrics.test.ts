import { afterEach, expect, test, vi } from "vitest";
import { createMetrics } from "./index.ts";

afterEach(() => vi.restoreAllMocks());

test("a figure of one integration has it as a dimension, beside those of its job", () => {
  const lines: string[] = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  vi.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  createMetrics({ stage: "ada", job: "reconcile" }).publish([
    { name: "Overdue", unit: "Count", value: 1 },
    { name: "BacklogAge", unit: "Seconds", value: 60, integration: "slack" },
  ]);
  const [common, single] = lines.map((line) => JSON.parse(line));
  expect(common).not.toHaveProperty("integration");
  expect(single).toMatchObject({ stage: "ada", job: "reconcile", integration: "slack", BacklogAge: 60 });
  expect(single._aws.CloudWatchMetrics[0].Dimensions).toEqual([["service", "stage", "job", "integration"]]);
});

test("figures are one line of CloudWatch's embedded metric format, with their units and dimensions", () => {
  const lines: string[] = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  vi.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  createMetrics({ integration: "slack" }).publish([
    { name: "Delivered", unit: "Count", value: 2 },
    { name: "Latency", unit: "Milliseconds", value: 120 },
    { name: "Latency", unit: "Milliseconds", value: 80 },
  ]);
  expect(lines).toHaveLength(1);
  const line = JSON.parse(lines[0] ?? "");
  expect(line).toMatchObject({ integration: "slack", Delivered: 2, Latency: [120, 80] });
  expect(line._aws.CloudWatchMetrics[0]).toMatchObject({
    Namespace: "Eventfork",
    Metrics: [
      { Name: "Delivered", Unit: "Count" },
      { Name: "Latency", Unit: "Milliseconds" },
    ],
  });
});
