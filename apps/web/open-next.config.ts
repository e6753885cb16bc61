// An `OpenNextConfig`: the package with its types is installed for a deployment alone (infra/open-next).
const config = {
  // The answer ends before the function does: what it does after is not waited for.
  default: { override: { wrapper: "aws-lambda-streaming" } },
  buildCommand: "npm run build",
  // Every page is either static or made for one person: nothing is regenerated, and nothing is kept for the next visitor.
  dangerous: { disableIncrementalCache: true, disableTagCache: true },
};

export default config;
