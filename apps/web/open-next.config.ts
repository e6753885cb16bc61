const config = {
  // The response is sent before the function ends.
  default: { override: { wrapper: "aws-lambda-streaming" } },
  buildCommand: "npm run build",
  dangerous: { disableIncrementalCache: true, disableTagCache: true },
};

export default config;
