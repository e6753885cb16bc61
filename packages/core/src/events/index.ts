export {
  type CatalogField,
  catalog,
  catalogFields,
  checkEventData,
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
  describeTooLarge,
  type Envelope,
  type EventRow,
  earliestTime,
  envelopeSchema,
  eventName,
  eventTime,
  findEventProblems,
  latestTime,
  maximumBytes,
  parseEnvelope,
  serialiseEnvelope,
  sizeAsSent,
  toEnvelope,
} from "./envelope.ts";
export { erasedReason, isSendable, whyUnsendable, whyUnsendableSql } from "./sendable.ts";
export { isNestedTooDeep, maximumLevels } from "./sound-json.ts";
