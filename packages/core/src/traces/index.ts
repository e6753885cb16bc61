export {
  activeTraceparent,
  inRequestSpan,
  inSpan,
  isRecording,
  recordSpan,
  type SpanWork,
  setSpanAttribute,
  traceEvent,
} from "./spans.ts";
export { flushBeforeFreeze, flushTraces, startTracing } from "./start.ts";
