export {
  type CatalogField,
  catalog,
  catalogFields,
  type EventData,
  type EventType,
  eventTypes,
  exampleEvent,
  isEventType,
  isPersonal,
  listLeftOut,
  parseEventData,
} from "./catalog.ts";
export {
  type Envelope,
  type EventRow,
  earliestTime,
  envelopeSchema,
  eventData,
  eventTime,
  latestTime,
  parseEnvelope,
  serialiseEnvelope,
  toEnvelope,
} from "./envelope.ts";
export { isNestedTooDeep, maximumLevels } from "./sound-json.ts";
