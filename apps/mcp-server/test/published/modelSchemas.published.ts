/** The SDKs of OpenAI, Google and Anthropic convert the schemas of all tools: `pnpm run test:published`. */
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createServer } from "node:http"
import * as Assistant from "../support/Assistant.ts"
import * as Installed from "../support/InstalledPackages.ts"
import type { JsonSchema } from "../support/JsonSchema.ts"
import { listen } from "../support/Loopback.ts"

const installed = Installed.layer("openai@7.59.0", "@google/genai@3.3.0", "@anthropic-ai/sdk@1.14.0")

type Convert = (schema: object) => JsonSchema

interface OpenAi {
  readonly toStrictJsonSchema: Convert
}

interface AnthropicStrict {
  readonly transformJSONSchema: Convert
}

interface AnthropicMcp {
  readonly mcpTools: (
    tools: ReadonlyArray<object>,
    client: object
  ) => ReadonlyArray<{ readonly input_schema: JsonSchema }>
}

interface Declaration {
  readonly parameters?: JsonSchema
  readonly response?: JsonSchema
  readonly parametersJsonSchema?: JsonSchema
  readonly responseJsonSchema?: JsonSchema
}

interface Google {
  readonly GoogleGenAI: new (options: object) => {
    readonly models: { readonly generateContent: (request: object) => Promise<unknown> }
  }
  readonly mcpToTool: (client: object, config: object) => object
}

const tools = Effect.flatMap(Assistant.connect(Assistant.modern, {}, ["--sandbox"]), ({ tools }) => tools)

/** A schema for OpenAI's strict mode: all properties are required, and optional ones may be null. */
const strict = (schema: JsonSchema): JsonSchema => ({
  ...schema,
  ...(schema.items === undefined ? {} : { items: strict(schema.items) }),
  ...(schema.properties === undefined
    ? {}
    : {
        additionalProperties: false,
        required: Object.keys(schema.properties),
        properties: Object.fromEntries(
          Object.entries(schema.properties).map(([name, property]) => [
            name,
            schema.required?.includes(name) === true
              ? strict(property)
              : { anyOf: [strict(property), { type: "null" }] }
          ])
        )
      })
})

const propertiesOf = (schema: JsonSchema | undefined) => Object.keys({ ...schema?.properties })

/** Returns the tools that Google's SDK sends to the model. */
const sentToGoogle = (google: Google, tools: ReadonlyArray<object>) =>
  Effect.gen(function* () {
    const received: Array<Declaration> = []
    const server = createServer(async (request, response) => {
      const body = JSON.parse(Buffer.concat(await request.toArray()).toString("utf8"))
      received.push(...body.tools[0].functionDeclarations)
      response.setHeader("content-type", "application/json").end(JSON.stringify({ candidates: [] }))
    })
    const httpOptions = { baseUrl: `http://${yield* listen(server)}` }
    const { models } = new google.GoogleGenAI({ apiKey: "none", httpOptions })
    const config = { tools, automaticFunctionCalling: { disable: true } }
    yield* Effect.promise(() => models.generateContent({ model: "gemini", contents: "hello", config }))
    return received
  })

layer(installed, { excludeTestServices: true, timeout: "5 minutes" })("the schemas of all tools", (it) => {
  it.effect("OpenAI's SDK converts inputs and outputs for strict mode", () =>
    Effect.gen(function* () {
      const { load } = yield* Installed.InstalledPackages
      const { toStrictJsonSchema } = yield* load<OpenAi>("openai/lib/transform")
      for (const { inputSchema, outputSchema } of yield* tools) {
        for (const schema of [inputSchema, outputSchema]) {
          const converted = toStrictJsonSchema(strict({ ...schema }))
          assert.deepStrictEqual(propertiesOf(converted), propertiesOf(schema))
        }
      }
    })
  )

  it.effect("Anthropic's SDK converts tools and structured outputs", () =>
    Effect.gen(function* () {
      const { load } = yield* Installed.InstalledPackages
      const { transformJSONSchema } = yield* load<AnthropicStrict>(
        "@anthropic-ai/sdk/lib/transform-json-schema"
      )
      const { mcpTools } = yield* load<AnthropicMcp>("@anthropic-ai/sdk/helpers/beta/mcp")
      const listed = yield* tools
      assert.deepStrictEqual(
        mcpTools(listed, {}).map(({ input_schema }) => propertiesOf(input_schema)),
        listed.map(({ inputSchema }) => propertiesOf(inputSchema))
      )
      for (const { inputSchema, outputSchema } of listed) {
        for (const schema of [inputSchema, outputSchema]) {
          assert.deepStrictEqual(propertiesOf(transformJSONSchema({ ...schema })), propertiesOf(schema))
        }
      }
    })
  )

  it.effect("Google's SDK converts JSON Schema and the schema of Gemini", () =>
    Effect.gen(function* () {
      const { load } = yield* Installed.InstalledPackages
      const google = yield* load<Google>("@google/genai")
      const listed = yield* tools
      const client = { listTools: async () => ({ tools: listed }), callTool: async () => ({ content: [] }) }
      const asJsonSchema = yield* sentToGoogle(google, [google.mcpToTool(client, {})])
      const functionDeclarations = listed.map(({ inputSchema, name, outputSchema }) => ({
        name,
        parameters: inputSchema,
        response: outputSchema
      }))
      const asGemini = yield* sentToGoogle(google, [{ functionDeclarations }])
      for (const [n, { inputSchema, outputSchema }] of listed.entries()) {
        const [json, gemini] = [asJsonSchema[n], asGemini[n]]
        assert.deepStrictEqual(json?.parametersJsonSchema, inputSchema)
        assert.deepStrictEqual(json?.responseJsonSchema, outputSchema)
        assert.deepStrictEqual(propertiesOf(gemini?.parameters), propertiesOf(inputSchema))
        assert.deepStrictEqual(propertiesOf(gemini?.response), propertiesOf(outputSchema))
        assert.deepStrictEqual([gemini?.parameters?.type, gemini?.response?.type], ["OBJECT", "OBJECT"])
      }
    })
  )
})
