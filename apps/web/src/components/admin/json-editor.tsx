"use client";

import { lazy } from "react";
import type { JsonCodeProps } from "./json-code.tsx";
import { LazyCode } from "./lazy-code.tsx";

const JsonCode = lazy(() => import("./json-code.tsx").then((module) => ({ default: module.JsonCode })));

export function JsonEditor(props: Omit<JsonCodeProps, "extensions">) {
  return <LazyCode Editor={JsonCode} props={props} />;
}
