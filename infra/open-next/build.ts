// `npm run build:lambda -w apps/web`: the web app as OpenNext makes it for Lambda.
import { join } from "node:path";
import { installFolder } from "../../scripts/install-folder.ts";
import { run } from "../../scripts/run.ts";

installFolder(import.meta.dirname);
process.exit(run(join(import.meta.dirname, "node_modules/.bin/open-next"), ["build"]));
