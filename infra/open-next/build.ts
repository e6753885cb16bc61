import { join } from "node:path";
import { installFolder, runProgram } from "../../scripts/programs.ts";

installFolder(import.meta.dirname);
process.exit(runProgram(join(import.meta.dirname, "node_modules/.bin/open-next"), ["build"]));
