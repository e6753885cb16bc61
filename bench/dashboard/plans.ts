import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** Makes Postgres log the plan of every `plannedUrl` statement. */
export const planSettings = {
  log_min_messages: "log",
  logging_collector: "on",
  log_destination: "jsonlog",
  log_filename: "plans",
  log_rotation_size: "0",
  log_rotation_age: "0",
};

const explained = {
  session_preload_libraries: "auto_explain",
  "auto_explain.log_min_duration": "0",
  "auto_explain.log_analyze": "on",
  "auto_explain.log_timing": "off",
  "auto_explain.log_format": "json",
  "auto_explain.log_nested_statements": "on",
};

const plannedRole = "bench_planned";

/** Only a superuser may set these for a role. */
export const plannedSetup = (password: string): string[] => [
  `DO $$ BEGIN CREATE ROLE ${plannedRole} LOGIN IN ROLE eventfork; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
  `ALTER ROLE ${plannedRole} PASSWORD '${password}'`,
  ...Object.entries(explained).map(([name, value]) => `ALTER ROLE ${plannedRole} SET ${name} = '${value}'`),
];

export function plannedUrl(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.username = plannedRole;
  return url.toString();
}

type Node = {
  "Node Type": string;
  "Relation Name"?: string;
  "Index Name"?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  "Rows Removed by Index Recheck"?: number;
  Plans?: Node[];
};

export type Plan = {
  query: string;
  reads: { table: string; how: string; rows: number }[];
};

export function readPlans(dataDir: string): { forget: () => Promise<void>; read: () => Promise<Plan[]> } {
  const file = join(dataDir, "log", "plans.json");
  let at = 0;
  const read = async () => {
    const text = (await readFile(file)).subarray(at).toString();
    at = (await stat(file)).size;
    return text
      .split("\n")
      .filter((line) => line.includes("plan:"))
      .map((line) => toPlan((JSON.parse(line) as { message: string }).message));
  };
  return { read, forget: async () => void (await read()) };
}

function toPlan(message: string): Plan {
  const logged = JSON.parse(message.slice(message.indexOf("{"))) as { "Query Text": string; Plan: Node };
  return { query: logged["Query Text"].replaceAll(/\s+/g, " ").trim(), reads: listReads(logged.Plan) };
}

function listReads(node: Node): Plan["reads"] {
  const table = node["Relation Name"]?.replace(/_(\d{8}|default)$/, "");
  const removed = (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0);
  const index = node["Index Name"];
  const how = index === undefined ? node["Node Type"] : `${node["Node Type"]} by ${index}`;
  const rows = Math.round((node["Actual Rows"] + removed) * node["Actual Loops"]);
  const own = table === undefined ? [] : [{ table, how, rows }];
  return [...own, ...(node.Plans ?? []).flatMap(listReads)];
}

const readAtMost = 30_000;
/** Of a partition that has hardly begun. */
const scannedAtMost = 1_000;

export function findScans({ reads }: Plan, bigTables: readonly string[]): string[] {
  return reads
    .filter(
      ({ table, how, rows }) =>
        bigTables.includes(table) && rows > (how.includes("Seq Scan") ? scannedAtMost : readAtMost),
    )
    .map(({ table, how, rows }) => `${how} of ${table}: ${rows.toLocaleString("en")} rows`);
}
