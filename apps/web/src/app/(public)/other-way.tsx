type OtherWayProps = { question: string; href: string; children: string };

/** Below a form: where to go for whom it is not. */
export function OtherWay({ question, href, children }: OtherWayProps) {
  return (
    <p className="text-sm text-muted-foreground">
      {question}{" "}
      <a href={href} className="font-medium text-foreground underline underline-offset-4">
        {children}
      </a>
    </p>
  );
}
