import { describeContract } from "../testing/contract.ts";
import type { RecordedRequest } from "../testing/http-recorder.ts";
import { analytics } from "./analytics.ts";

const bodyOf = (request: RecordedRequest) => JSON.parse(request.body);

describeContract(analytics, {
  env: (url) => ({ ANALYTICS_WRITE_KEY: "wk_secret", ANALYTICS_HOST: url }),
  credentialsRefused: { status: 401 },
  idempotencyKeys: (request) => bodyOf(request).batch.map(({ messageId }: { messageId: string }) => messageId),
});
