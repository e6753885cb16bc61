export { type EventHistory, eventHistoryInput, getEventHistory, type ResendOption } from "./event-history.ts";
export { indexEvents } from "./index-events.ts";
export {
  type EventPage,
  followEvents,
  followEventsInput,
  type ListedEvent,
  listEvents,
  listEventsInput,
} from "./list.ts";
export type { TimelineEntry } from "./timeline.ts";
