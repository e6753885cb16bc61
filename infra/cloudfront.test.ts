import { describe, expect, test } from "vitest";
import { inputsOf, ofType, only } from "./testing/graph.ts";
import { deployed, evaluateStages } from "./testing/stages.ts";

const graphs = evaluateStages();

describe.each(deployed)("a deployed %s stage", (stage) => {
  test("CloudFront alone may call the web app's server, and says who calls", () => {
    const graph = graphs[stage];
    for (const resource of ofType(graph, "lambda/functionUrl:FunctionUrl")) {
      expect(inputsOf(resource).authorizationType).toBe("AWS_IAM");
    }
    for (const resource of ofType(graph, "lambda/permission:Permission")) {
      expect(inputsOf(resource).principal).toBe("cloudfront.amazonaws.com");
    }
    const [request] = ofType(graph, "cloudfront/function:Function").map(inputsOf);
    expect(request?.code).toContain('event.request.headers["x-eventfork-client-ip"] = { value: event.viewer.ip }');
    const server = inputsOf(only(ofType(graph, "lambda/function:Function"), "WebServerUseast1Function"));
    const { variables } = server.environment as { variables: Record<string, string> };
    expect(variables).toMatchObject({ TRUSTED_IP_HEADER: "x-eventfork-client-ip" });
    expect(variables.BETTER_AUTH_URL).toMatch(/^https:\/\//);
  });

  test("what CloudFront keeps is what the app says may be kept, and nothing by default", () => {
    const [policy] = ofType(graphs[stage], "cloudfront/cachePolicy:CachePolicy").map(inputsOf);
    expect(policy).toMatchObject({ defaultTtl: 0, minTtl: 0 });
  });
});
