import type { DeadLetterStatus } from "@eventfork/core/dead-letters";
import { createLoader, createSerializer, parseAsStringLiteral } from "nuqs/server";
import { deadLetterLooks } from "@/components/status-badge.tsx";
import { listParams } from "@/lib/list-params.ts";

const statuses = Object.keys(deadLetterLooks) as DeadLetterStatus[];

export const deadLettersParams = { ...listParams, status: parseAsStringLiteral(statuses) };

export const loadDeadLettersParams = createLoader(deadLettersParams);

export const serialiseDeadLettersParams = createSerializer(deadLettersParams);

export const deadLetterStatusOptions = statuses.map((value) => ({ value, title: deadLetterLooks[value].title }));
