import { createLoader, createSerializer } from "nuqs/server";
import { listParams } from "@/lib/list-params.ts";

export const eventsParams = { cursor: listParams.cursor };

export const loadEventsParams = createLoader(eventsParams);

export const serialiseEventsParams = createSerializer(eventsParams);
