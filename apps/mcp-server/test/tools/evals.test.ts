import { AjvJsonSchemaValidator } from "@modelcontextprotocol/client/validators/ajv"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import * as Assistant from "../support/Assistant.ts"

const Call = Schema.Struct({
  tool: Schema.String,
  arguments: Schema.Record(Schema.String, Schema.Json)
})

const Case = Schema.Struct({
  id: Schema.NonEmptyString,
  sentence: Schema.NonEmptyString,
  calls: Schema.Array(Call),
  anyOrder: Schema.optionalKey(Schema.Literal(true)),
  answer: Schema.NonEmptyString
})

/** Excess keys are refused, because an evaluation would ignore a misspelled key. */
const cases = Schema.decodeSync(Schema.fromJsonString(Schema.Array(Case)), {
  onExcessProperty: "error"
})(readFileSync(new URL("../../evals/sentences.json", import.meta.url), "utf8"))

const named = cases.map((each) => [each.id, each] as const)

const Connected = Layer.effect(Assistant.Assistant, Assistant.connect(Assistant.modern, {}, ["--sandbox"]))

describe("the sentences of the evaluations", { timeout: 60_000 }, () => {
  layer(Connected, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect(
      "the sentences have unique IDs and use every tool, and at least one sentence uses no tool",
      () =>
        Effect.gen(function* () {
          assert.lengthOf(new Set(cases.map(({ id }) => id)), cases.length)
          const used = new Set(cases.flatMap(({ calls }) => calls.map(({ tool }) => tool)))
          const { tools } = yield* Assistant.Assistant
          assert.sameMembers(
            [...used],
            (yield* tools).map(({ name }) => name)
          )
          assert.isTrue(cases.some(({ calls }) => calls.length === 0))
        })
    )

    it.effect.each(named)(
      "a sentence calls existing tools with valid arguments and with IDs from itself or from a list: %s",
      ([, { calls, sentence }]) =>
        Effect.gen(function* () {
          const assistant = yield* Assistant.Assistant
          const tools = yield* assistant.tools
          let known = sentence
          for (const { arguments: args, tool: name } of calls) {
            const tool = tools.find((tool) => tool.name === name)
            assert.isDefined(tool, `There is no tool ${name}.`)
            const check = new AjvJsonSchemaValidator().getValidator({ ...tool?.inputSchema })
            assert.isUndefined(check(args).errorMessage)
            if (args["sourceId"] !== undefined) {
              assert.include(known, String(args["sourceId"]))
              continue
            }
            const { isError, text } = yield* assistant.call(args, name)
            assert.isFalse(isError)
            known += text
          }
        })
    )
  })
})
