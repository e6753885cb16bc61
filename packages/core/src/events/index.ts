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
  parseEventData,
} from "./catalog.ts";
export {
  type Envelope,
  type EventRow,
  envelopeSchema,
  parseEnvelope,
  serialiseEnvelope,
  toEnvelope,
} from "./envelope.ts";
