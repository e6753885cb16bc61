"use client";

import dynamic from "next/dynamic";
import { useEffect, useState } from "react";

const Toaster = dynamic(() => import("@/components/ui/sonner.tsx").then((module) => module.Toaster), { ssr: false });

/**
 * Where toasts are shown. It comes when somebody first touches the page, before there is anything to say: its styles make a browser go over
 * the whole page once more.
 */
export function LazyToaster() {
  const [isTouched, setIsTouched] = useState(false);

  useEffect(() => {
    const listening = new AbortController();
    const touch = () => {
      setIsTouched(true);
      listening.abort();
    };
    for (const event of ["pointerdown", "keydown"]) addEventListener(event, touch, { signal: listening.signal });
    return () => listening.abort();
  }, []);

  return isTouched && <Toaster />;
}
