"use client";

import dynamic from "next/dynamic";

/** Not part of a page's first load. */
export const LazyPauseDialog = dynamic(() => import("./pause-dialog.tsx").then((module) => module.PauseDialog), {
  ssr: false,
});
