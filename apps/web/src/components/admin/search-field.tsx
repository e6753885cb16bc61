"use client";

import { SearchIcon } from "lucide-react";
import { type SubmitEvent, useId, useRef } from "react";
import { Input } from "@/components/ui/input.tsx";
import { cn } from "@/lib/utils.ts";

type SearchFieldProps = {
  label: string;
  placeholder: string;
  value: string;
  problem?: string | null;
  maxLength?: number;
  onSearch: (text: string) => void;
  className?: string;
};

export function SearchField(props: SearchFieldProps) {
  const { label, placeholder, value, problem = null, maxLength = 254, onSearch, className } = props;
  const input = useRef<HTMLInputElement>(null);
  const problemId = useId();

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    onSearch(input.current?.value.trim() ?? "");
  }

  return (
    <search className={cn("w-full sm:w-60", className)}>
      <form onSubmit={submit} className="relative">
        <SearchIcon
          aria-hidden
          className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted-foreground"
        />
        <Input
          key={value}
          ref={input}
          type="search"
          aria-label={label}
          aria-invalid={problem !== null}
          aria-describedby={problem === null ? undefined : problemId}
          placeholder={placeholder}
          defaultValue={value}
          maxLength={maxLength}
          className="h-9 pl-8"
        />
      </form>
      {problem !== null && (
        <p id={problemId} role="alert" className="mt-1 text-destructive text-xs">
          {problem}
        </p>
      )}
    </search>
  );
}
