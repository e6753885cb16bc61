import Document, { type DocumentContext, type DocumentInitialProps, Head, Html, Main, NextScript } from "next/document";
import { nonceOf } from "@/lib/nonce.ts";

/** React's own, which keeps a submit from before hydration for after it. Next gives it no nonce here, as its other router does. */
const earlySubmits = '<script>addEventListener("submit"';

type Props = DocumentInitialProps & { nonce: string };

/** The frame of a public page: its scripts carry the nonce that the proxy gave the request. */
export default class PublicDocument extends Document<Props> {
  static override async getInitialProps(context: DocumentContext): Promise<Props> {
    const { html, ...props } = await Document.getInitialProps(context);
    const nonce = nonceOf(context.req);
    return { ...props, html: html.replace(earlySubmits, earlySubmits.replace(">", ` nonce="${nonce}">`)), nonce };
  }

  override render() {
    const { nonce } = this.props;
    return (
      <Html lang="en">
        <Head nonce={nonce}>
          <link rel="icon" href="/icon.svg" type="image/svg+xml" sizes="any" />
        </Head>
        <body>
          <Main />
          <NextScript nonce={nonce} />
        </body>
      </Html>
    );
  }
}
