export { indexEvents } from "./index-events.ts";
export {
  type EventPage,
  followEvents,
  followEventsInput,
  type ListedEvent,
  listEvents,
  listEventsInput,
} from "./list.ts";
export { type Again, type EventStory, tellEvent, tellEventInput } from "./story.ts";
export type { StoryEntry } from "./timeline.ts";
