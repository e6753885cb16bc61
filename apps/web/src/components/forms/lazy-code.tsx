"use client";

import { type ComponentType, type LazyExoticComponent, lazy, Suspense, useEffect, useRef, useState } from "react";
import type { JsonCodeProps } from "./json-code.tsx";

type LazyCodeProps<Props> = { Editor: LazyExoticComponent<ComponentType<Props>>; props: Props };

export function LazyCode<Props extends { text: string }>({ Editor, props }: LazyCodeProps<Props>) {
  const host = useRef<HTMLDivElement>(null);
  const [isSeen, setIsSeen] = useState(false);

  useEffect(() => {
    const element = host.current;
    if (isSeen || element === null) return;
    const observer = new IntersectionObserver((entries) => setIsSeen(entries.some((entry) => entry.isIntersecting)), {
      rootMargin: "200px",
    });
    const observe = () => observer.observe(element);
    if (document.readyState === "complete") observe();
    else window.addEventListener("load", observe, { once: true });
    return () => {
      window.removeEventListener("load", observe);
      observer.disconnect();
    };
  }, [isSeen]);

  const still = <StillText text={props.text} />;
  return (
    <div ref={host} className="min-w-0">
      {isSeen ? (
        <Suspense fallback={still}>
          <Editor {...props} />
        </Suspense>
      ) : (
        still
      )}
    </div>
  );
}

function StillText({ text }: { text: string }) {
  return (
    <div
      aria-busy
      className="max-h-[calc(60dvh+2px)] min-h-[calc(14rem+2px)] overflow-hidden rounded-md border border-input bg-card py-3 font-mono text-[0.8125rem] leading-[1.6]"
    >
      {toLines(text).map(({ number, line }) => (
        <div key={number} className="flex">
          <span aria-hidden className="min-w-5 shrink-0 select-none pr-[3px] pl-[5px] text-right text-muted-foreground">
            {number}
          </span>
          <pre className="min-h-[1.6em] min-w-0 flex-1 whitespace-break-spaces pr-0.5 pl-1.5 [overflow-wrap:anywhere]">
            {line}
          </pre>
        </div>
      ))}
    </div>
  );
}

function toLines(text: string): { number: number; line: string }[] {
  return text.split("\n").map((line, index) => ({ number: index + 1, line }));
}

const JsonCode = lazy(() => import("./json-code.tsx").then((module) => ({ default: module.JsonCode })));

export function JsonEditor(props: Omit<JsonCodeProps, "extensions">) {
  return <LazyCode Editor={JsonCode} props={props} />;
}

type EditorProblemsProps = { id: string; problems: readonly { path: string; message: string }[] };

export function EditorProblems({ id, problems }: EditorProblemsProps) {
  if (problems.length === 0) return null;
  return (
    <ul id={id} aria-live="polite" className="flex flex-col gap-1.5 text-destructive text-sm">
      {problems.map(({ path, message }) => (
        <li key={`${path} ${message}`} className="break-words">
          {path !== "" && <code className="mr-2 rounded-sm bg-destructive/10 px-1.5 py-0.5 font-mono">{path}</code>}
          {message}
        </li>
      ))}
    </ul>
  );
}
