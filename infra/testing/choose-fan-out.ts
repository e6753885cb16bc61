import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";
import type * as Topology from "../../packages/core/src/topology/index.ts";

export type FanOut = typeof Topology.fanOut;

export function chooseFanOut(fanOut: FanOut): Plugin {
  return {
    name: "choose-fan-out",
    setup: ({ onLoad }) =>
      onLoad({ filter: /core\/src\/topology\/index\.ts$/ }, ({ path }) => {
        const [before, after, ...more] = readFileSync(path, "utf8").split(
          /(?<=^export const fanOut: .+ = )"\w+"(?=;$)/m,
        );
        if (after === undefined || more.length > 0) throw new Error("topology does not have its fanOut in one line");
        return { contents: `${before}${JSON.stringify(fanOut)}${after}`, loader: "ts" };
      }),
  };
}
