"use client";

import dynamic from "next/dynamic";

/** No part of a page's first load: it comes when it is first asked for, and is open then. */
export const LazyPauseDialog = dynamic(() => import("./pause-dialog.tsx").then((module) => module.PauseDialog), {
  ssr: false,
});
