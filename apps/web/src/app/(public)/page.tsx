import { integrations, requiredNames } from "@eventfork/core/topology";
import { PublicHeader } from "@/components/layout/header.tsx";
import { buttonVariants } from "@/components/ui/classes.ts";
import { FlowPicture } from "./flow-picture.tsx";

const promises = [
  {
    title: "Nobody waits",
    text: "An event is written with the row that it is about. Everything else happens after the answer.",
  },
  {
    title: "Nothing gets lost",
    text: "Failed deliveries are retried. Dead letters keep their reason until somebody replays them.",
  },
  {
    title: "Everything shows",
    text: "One row says what became of each event at each integration. Rules change without a deploy.",
  },
];

export default function LandingPage() {
  return (
    <div className="flex min-h-dvh flex-col">
      <PublicHeader>
        <a href="/login" className={buttonVariants({ variant: "ghost" })}>
          Log in
        </a>
      </PublicHeader>
      <main className="mx-auto flex w-full max-w-5xl flex-1 flex-col justify-center gap-14 px-5 pt-8 pb-16 lg:gap-20">
        <div className="grid grid-cols-1 items-center gap-12 lg:grid-cols-[1fr_1.05fr] lg:gap-16">
          <div className="flex flex-col items-start gap-6">
            <h1 className="text-4xl font-semibold tracking-tight sm:text-5xl">
              <span className="block">One sign&#8209;up.</span> <span className="block">Every tool knows.</span>
            </h1>
            <p className="max-w-md text-pretty text-muted-foreground sm:text-lg">
              Eventfork delivers what happens in your application to the tools that your team uses, in the background,
              and shows what became of every delivery.
            </p>
            <div className="flex flex-wrap gap-3">
              <a href="/sign-up" className={buttonVariants({ size: "lg" })}>
                Create an account
              </a>
              <a href="/login" className={buttonVariants({ size: "lg", variant: "outline" })}>
                Log in
              </a>
            </div>
          </div>
          <FlowPicture tools={requiredNames.map((name) => integrations[name].title)} />
        </div>
        <ul className="grid gap-6 border-t pt-8 sm:grid-cols-3 sm:gap-10">
          {promises.map(({ title, text }) => (
            <li key={title} className="flex flex-col gap-1.5">
              <h2 className="text-sm font-semibold">{title}</h2>
              <p className="text-sm text-muted-foreground">{text}</p>
            </li>
          ))}
        </ul>
      </main>
    </div>
  );
}
