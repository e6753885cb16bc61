import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { ThemeProvider } from "@/components/theme-provider.tsx";
import { siteDescription, siteName, themeColors } from "@/lib/site.ts";
import "@/styles/app.css";

export const metadata: Metadata = {
  title: { default: siteName, template: `%s · ${siteName}` },
  description: siteDescription,
};

export const viewport: Viewport = { themeColor: [...themeColors] };

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Reading it makes every page one for its request: only then do its scripts carry the nonce.
  const nonce = (await headers()).get("x-nonce") ?? "";
  return (
    <html lang="en" suppressHydrationWarning>
      <body>
        <ThemeProvider nonce={nonce}>{children}</ThemeProvider>
      </body>
    </html>
  );
}
