import type { AppProps } from "next/app";
import Head from "next/head";
import { ThemeProvider } from "@/components/theme-provider.tsx";
import { siteDescription, siteName, themeColors } from "@/lib/site.ts";
import type { VisitProps } from "@/server/visit.ts";
import "@/styles/public.css";

/**
 * The public side. It stands on the Pages Router because its pages are what a stranger's phone loads first: without the runtime of server
 * components they need a sixth less JavaScript. See docs/adr/0005-public-pages.md.
 */
export default function PublicApp({ Component, pageProps }: AppProps<Partial<VisitProps>>) {
  return (
    <ThemeProvider nonce={pageProps.nonce ?? ""}>
      <Head>
        <title>{siteName}</title>
        <meta name="description" content={siteDescription} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        {themeColors.map(({ media, color }) => (
          <meta key={media} name="theme-color" media={media} content={color} />
        ))}
      </Head>
      <Component {...pageProps} />
    </ThemeProvider>
  );
}
