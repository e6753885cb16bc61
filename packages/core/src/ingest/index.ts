export { type IngestAnswer, ingest, ingestLimits } from "./ingest.ts";
