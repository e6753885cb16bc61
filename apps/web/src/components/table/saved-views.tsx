"use client";

import type { SavedView } from "@eventfork/core/saved-views";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { BookmarkIcon, PencilIcon, Trash2Icon } from "lucide-react";
import Link from "next/link";
import { type SubmitEvent, useState } from "react";
import { toast } from "sonner";
import { FormField } from "@/components/forms/form-field.tsx";
import { Button } from "@/components/ui/button.tsx";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from "@/components/ui/dialog.tsx";
import { useTRPC } from "@/trpc/client.tsx";

type SavedViewsProps = {
  page: string;
  query: string;
};

export function SavedViews({ page, query }: SavedViewsProps) {
  const trpc = useTRPC();
  const [isOpen, setIsOpen] = useState(false);
  const { data: views = [], error } = useQuery(trpc.views.list.queryOptions({ page }));
  const now = new URLSearchParams(query).toString();
  const current = views.find((view) => view.query === now);
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button variant="outline">
          <BookmarkIcon aria-hidden />
          <span className="max-w-40 truncate">{current?.name ?? "Views"}</span>
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Your views</DialogTitle>
          <DialogDescription>Filters that you come back to. Nobody else sees them.</DialogDescription>
        </DialogHeader>
        {views.length === 0 ? (
          <p className="text-muted-foreground text-sm">{error?.message ?? "None yet."}</p>
        ) : (
          <ul className="-mx-2 flex max-h-[40dvh] flex-col overflow-y-auto">
            {views.map((view) => (
              <View
                key={view.id}
                view={view}
                href={`/admin/${page}?${view.query}`}
                isCurrent={view === current}
                onOpen={() => setIsOpen(false)}
              />
            ))}
          </ul>
        )}
        {now === "" ? (
          <p className="text-muted-foreground text-sm">Narrow the list first, then keep it here under a name.</p>
        ) : (
          current === undefined && <SaveForm page={page} query={now} />
        )}
      </DialogContent>
    </Dialog>
  );
}

function useViewsChanged() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return { onSettled: () => queryClient.invalidateQueries(trpc.views.pathFilter()) };
}

type ViewProps = { view: SavedView; href: string; isCurrent: boolean; onOpen: () => void };

function View({ view: { id, name }, href, isCurrent, onOpen }: ViewProps) {
  const trpc = useTRPC();
  const changed = useViewsChanged();
  const [isRenaming, setIsRenaming] = useState(false);
  const queryClient = useQueryClient();
  const lists = trpc.views.list.pathFilter();
  const remove = useMutation(
    trpc.views.remove.mutationOptions({
      ...changed,
      onMutate: async () => {
        await queryClient.cancelQueries(lists);
        queryClient.setQueriesData<SavedView[]>(lists, (views) => views?.filter((view) => view.id !== id));
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  if (isRenaming) return <RenameForm id={id} name={name} onDone={() => setIsRenaming(false)} />;
  return (
    <li className="flex items-center gap-1 rounded-md px-2 hover:bg-accent">
      <Link
        href={href}
        onClick={onOpen}
        aria-current={isCurrent ? "true" : undefined}
        className="min-w-0 flex-1 truncate rounded-sm py-2 text-sm aria-[current]:font-semibold"
      >
        {name}
      </Link>
      <Button variant="ghost" size="icon" aria-label={`Rename ${name}`} onClick={() => setIsRenaming(true)}>
        <PencilIcon aria-hidden />
      </Button>
      <Button variant="ghost" size="icon" aria-label={`Delete ${name}`} onClick={() => remove.mutate({ id })}>
        <Trash2Icon aria-hidden />
      </Button>
    </li>
  );
}

function RenameForm({ id, name, onDone }: { id: string; name: string; onDone: () => void }) {
  const trpc = useTRPC();
  const changed = useViewsChanged();
  const rename = useMutation(trpc.views.rename.mutationOptions({ ...changed, onSuccess: onDone }));
  return (
    <li className="px-2 py-1">
      <NameForm
        label={`New name of ${name}`}
        submit="Rename"
        initial={name}
        isPending={rename.isPending}
        error={rename.error?.message}
        onName={(to) => rename.mutate({ id, name: to })}
      />
    </li>
  );
}

function SaveForm({ page, query }: SavedViewsProps) {
  const trpc = useTRPC();
  const save = useMutation(trpc.views.save.mutationOptions(useViewsChanged()));
  return (
    <NameForm
      label="Keep the list as it is now, as"
      submit="Save"
      initial=""
      isPending={save.isPending}
      error={save.error?.message}
      onName={(name) => save.mutate({ page, name, query })}
    />
  );
}

type NameFormProps = {
  label: string;
  submit: string;
  initial: string;
  isPending: boolean;
  error: string | undefined;
  onName: (name: string) => void;
};

function NameForm({ label, submit, initial, isPending, error, onName }: NameFormProps) {
  function read(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    onName(String(new FormData(event.currentTarget).get("name")).trim());
  }
  return (
    <form onSubmit={read} className="flex items-end gap-2">
      <div className="flex-1">
        <FormField
          label={label}
          name="name"
          required
          maxLength={60}
          autoComplete="off"
          defaultValue={initial}
          error={error}
        />
      </div>
      <Button type="submit" disabled={isPending}>
        {submit}
      </Button>
    </form>
  );
}
