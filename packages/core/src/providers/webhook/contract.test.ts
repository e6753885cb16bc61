import { describeContract } from "@eventfork/testing/contract";
import { webhook } from "./index.ts";

describeContract(webhook, {
  env: (url) => ({
    WEBHOOK_URL: `${url}/hooks/secret-path`,
    WEBHOOK_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    WEBHOOK_NETWORK: "any",
  }),
  credentialsRefused: { status: 401 },
  idempotencyKeys: ({ headers }) => [String(headers["webhook-id"])],
});
