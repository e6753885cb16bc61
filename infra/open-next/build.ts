import { join } from "node:path";
import { installFolder } from "../../scripts/install-folder.ts";
import { run } from "../../scripts/run.ts";

installFolder(import.meta.dirname);
process.exit(run(join(import.meta.dirname, "node_modules/.bin/open-next"), ["build"]));
