import { type RefObject, useEffect, useRef, useState } from "react";

/** How far below the screen a thing is on its way into it. */
const margin = "200px";

/**
 * Whether an element has come into view, once the page itself is loaded: for what is too heavy for a page's first load. False on the server
 * and in the first render of its HTML; true for good from then on.
 */
export function useSeen<Host extends Element>(): [host: RefObject<Host | null>, isSeen: boolean] {
  const host = useRef<Host>(null);
  const [isSeen, setIsSeen] = useState(false);

  useEffect(() => {
    const element = host.current;
    if (isSeen || element === null) return;
    const observer = new IntersectionObserver((entries) => setIsSeen(entries.some((entry) => entry.isIntersecting)), {
      rootMargin: margin,
    });
    const observe = () => observer.observe(element);
    if (document.readyState === "complete") observe();
    else window.addEventListener("load", observe, { once: true });
    return () => {
      window.removeEventListener("load", observe);
      observer.disconnect();
    };
  }, [isSeen]);

  return [host, isSeen];
}
