import { describeContract } from "@eventfork/testing/contract";
import type { RecordedRequest } from "@eventfork/testing/http-recorder";
import { analytics } from "./index.ts";

const bodyOf = (request: RecordedRequest) => JSON.parse(request.body);

describeContract(analytics, {
  env: (url) => ({ ANALYTICS_WRITE_KEY: "wk_secret", ANALYTICS_HOST: url }),
  credentialsRefused: { status: 401 },
  idempotencyKeys: (request) => bodyOf(request).batch.map(({ messageId }: { messageId: string }) => messageId),
});
