import { describe, expect, test } from "vitest";
import { inputsOf, ofType, only } from "../testing/graph/graph.ts";
import { deployed, evaluateStages } from "../testing/graph/stages.ts";

const graphs = evaluateStages();

describe.each(deployed)("a deployed %s stage", (stage) => {
  test("only CloudFront may call the web app's server, which streams its responses", () => {
    const graph = graphs[stage];
    for (const resource of ofType(graph, "lambda/functionUrl:FunctionUrl")) {
      expect(inputsOf(resource).authorizationType).toBe("AWS_IAM");
    }
    const url = inputsOf(only(ofType(graph, "lambda/functionUrl:FunctionUrl"), "WebServerUseast1Url"));
    expect(url.invokeMode).toBe("RESPONSE_STREAM");
    for (const resource of ofType(graph, "lambda/permission:Permission")) {
      expect(inputsOf(resource).principal).toBe("cloudfront.amazonaws.com");
    }
    const server = inputsOf(only(ofType(graph, "lambda/function:Function"), "WebServerUseast1Function"));
    const { variables } = server.environment as { variables: Record<string, string> };
    expect(variables).toMatchObject({
      TRUSTED_IP_HEADER: "x-eventfork-client-ip",
      TRUSTED_AUTHORIZATION_HEADER: "x-eventfork-authorization",
    });
    expect(variables.BETTER_AUTH_URL).toMatch(/^https:\/\//);
  });

  test("CloudFront caches only responses that the app marks cacheable", () => {
    const [policy] = ofType(graphs[stage], "cloudfront/cachePolicy:CachePolicy").map(inputsOf);
    expect(policy).toMatchObject({ defaultTtl: 0, minTtl: 0 });
  });
});
