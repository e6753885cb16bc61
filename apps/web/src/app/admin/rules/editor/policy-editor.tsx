"use client";

import { lazy } from "react";
import { LazyCode } from "@/components/forms/lazy-code.tsx";
import type { PolicyCodeProps } from "./policy-code.tsx";

const PolicyCode = lazy(() => import("./policy-code.tsx").then((module) => ({ default: module.PolicyCode })));

export function PolicyEditor(props: PolicyCodeProps) {
  return <LazyCode Editor={PolicyCode} props={props} />;
}
