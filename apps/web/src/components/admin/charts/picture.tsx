"use client";

import { type ReactNode, useEffect } from "react";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { useSeen } from "@/hooks/use-seen.ts";

const layers = "svg g[class*='recharts-zIndex-layer']:not([tabindex])";

/**
 * What a chart draws, once it comes into view, and for the eye alone: its table is for the rest. Each layer of the chart is the root of a portal, which React listens to
 * for focus, and what is listened to for focus in a picture is a stop of the Tab key in Chromium: here none of them is.
 */
export function Picture({ className, children }: { className: string; children: ReactNode }) {
  const [host, isSeen] = useSeen<HTMLDivElement>();
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const quiet = () => {
      for (const layer of element.querySelectorAll(layers)) layer.setAttribute("tabindex", "-1");
    };
    quiet();
    const observer = new MutationObserver(quiet);
    observer.observe(element, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, [host]);
  return (
    <div aria-hidden ref={host} className={className}>
      {isSeen ? children : <Skeleton className="h-full" />}
    </div>
  );
}
