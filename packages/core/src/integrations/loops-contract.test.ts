import { describeContract } from "../testing/contract.ts";
import type { RecordedRequest } from "../testing/http-recorder.ts";
import { loops } from "./loops.ts";

const bodyOf = (request: RecordedRequest) => JSON.parse(request.body);

describeContract(loops, {
  env: (url) => ({ LOOPS_API_KEY: "loops-secret", LOOPS_API_URL: `${url}/api/` }),
  accept: () => ({ body: { success: true, id: "cll6b3i8901a9jx0oyktl2m4u" } }),
  credentialsRefused: { status: 401, body: { error: "Invalid API key" } },
  idempotencyKeys: (request) => [bodyOf(request).email],
});
