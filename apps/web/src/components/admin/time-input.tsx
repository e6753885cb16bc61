"use client";

import { format } from "date-fns";
import { useId } from "react";
import { Input } from "@/components/ui/input.tsx";
import { Label } from "@/components/ui/label.tsx";
import { useIsHydrated } from "@/hooks/use-is-hydrated.ts";

type TimeInputProps = { label: string; value: Date | null; onChange: (date: Date | null) => void };

export function TimeInput({ label, value, onChange }: TimeInputProps) {
  const id = useId();
  // The server does not know the viewer's zone.
  const isHydrated = useIsHydrated();
  return (
    <div className="flex items-center gap-2">
      <Label htmlFor={id} className="whitespace-nowrap font-normal text-muted-foreground">
        {label}
      </Label>
      <Input
        id={id}
        type="datetime-local"
        className="h-9 w-fit"
        value={value === null || !isHydrated ? "" : format(value, "yyyy-MM-dd'T'HH:mm")}
        onChange={({ target }) => onChange(target.value === "" ? null : new Date(target.value))}
      />
    </div>
  );
}
