// An `OpenNextConfig`: the package with its types is installed for a deployment alone (infra/open-next).
const config = {
  default: {},
  buildCommand: "npm run build",
  // Every page is either static or made for one person: nothing is regenerated, and nothing is kept for the next visitor.
  dangerous: { disableIncrementalCache: true, disableTagCache: true },
};

export default config;
