import { describeContract } from "@eventfork/testing/contract";
import { slack } from "./index.ts";

// Slack has no idempotency key: see docs/concepts/delivery.md.
describeContract(slack, {
  env: (url) => ({ SLACK_BOT_TOKEN: "xoxb-secret", SLACK_CHANNEL: "C0123456789", SLACK_API_URL: `${url}/api/` }),
  accept: () => ({ body: { ok: true, ts: "1.2", channel: "C0123456789" } }),
  credentialsRefused: { body: { ok: false, error: "invalid_auth" } },
});
