"use client";

import dynamic from "next/dynamic";

export const LazyPauseDialog = dynamic(() => import("./pause-dialog.tsx").then((module) => module.PauseDialog), {
  ssr: false,
});
