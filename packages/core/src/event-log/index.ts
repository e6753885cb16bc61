export { indexEvents } from "./index-events.ts";
export {
  type EventPage,
  type FollowedEvents,
  followEvents,
  followEventsInput,
  type ListedEvent,
  listEvents,
  listEventsInput,
} from "./list.ts";
