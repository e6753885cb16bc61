import { describeContract } from "@eventfork/testing/contract";
import type { RecordedRequest } from "@eventfork/testing/http-recorder";
import { loops } from "./index.ts";

const bodyOf = (request: RecordedRequest) => JSON.parse(request.body);

describeContract(loops, {
  env: (url) => ({ LOOPS_API_KEY: "loops-secret", LOOPS_API_URL: `${url}/api/` }),
  accept: () => ({ body: { success: true, id: "cll6b3i8901a9jx0oyktl2m4u" } }),
  credentialsRefused: { status: 401, body: { error: "Invalid API key" } },
  idempotencyKeys: (request) => [bodyOf(request).email],
});
