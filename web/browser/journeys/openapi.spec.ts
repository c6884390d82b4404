import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "../support/test.ts";

// Rule D5
test("the interface describes itself as OpenAPI has it", async ({ cairn }) => {
  const document = (await (await fetch(`${cairn.url}/api/v1/openapi.json`)).json()) as Record<string, unknown>;
  const { valid, errors } = await new Validator().validate(document);
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
});
