import Head from "next/head";
import { siteName } from "@/lib/site.ts";

/** What a tab and a bookmark call the page. */
export function PageTitle({ children }: { children: string }) {
  return (
    <Head>
      <title>{`${children} · ${siteName}`}</title>
    </Head>
  );
}
