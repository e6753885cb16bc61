export function answerQuestions(
  answers: Readonly<Record<string, () => unknown>>,
  stop: () => Promise<unknown> = async () => {},
): void {
  process.on("message", async (question: string) => {
    process.send?.((await answers[question]?.()) ?? null);
  });
  process.on("disconnect", async () => {
    await stop().catch(() => undefined);
    process.exit(0);
  });
  process.send?.("ready");
}
