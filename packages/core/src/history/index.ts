export { type DeadLetterDetail, type DeadLetterReplay, getDeadLetter, getDeadLetterInput } from "./dead-letter.ts";
export { type DeliveryDetail, getDelivery, getDeliveryInput } from "./delivery.ts";
export {
  type DeliveryExplanation,
  type EventItem,
  type ExplainedEvent,
  type ExplainedStatus,
  explainEvent,
  explainEventInput,
} from "./delivery-explanation.ts";
export { type EventHistory, eventHistoryInput, getEventHistory, type ResendOption } from "./event-history.ts";
export {
  type EventPage,
  followEvents,
  followEventsInput,
  type ListedEvent,
  listEvents,
  listEventsInput,
} from "./list.ts";
export type { TimelineEntry } from "./timeline.ts";
