import type { McpServer, ServerContext } from "@modelcontextprotocol/server"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as LazyHandlers from "../handlers/lazyHandlers.ts"
import type { Services } from "../handlers/Runtime.ts"
import type { ToolError } from "./Failure.ts"
import type { Adapter } from "./ToolResult.ts"
import { argumentsSchema, resultSchema } from "./ToolSchema.ts"

interface Definition<Input extends object, Output extends object> {
  readonly name: string
  readonly title: string
  /** For the model, in plain ASCII: the tool's result, and when to use this or another tool. */
  readonly description: string
  readonly input: Schema.ConstraintCodec<Input, unknown>
  readonly output: Schema.ConstraintCodec<Output, unknown>
  readonly run: (
    handlers: LazyHandlers.Handlers,
    input: Input,
    request: ServerContext["mcpReq"]
  ) => Effect.Effect<NoInfer<Output>, ToolError, Services>
}

/** Makes the tool once, because over HTTP the tools are registered with a separate server for every request. */
export const make = <Input extends object, Output extends object>(definition: Definition<Input, Output>) => {
  const { description, input, name, output, run, title } = definition
  const config = {
    title,
    description,
    inputSchema: argumentsSchema(input),
    outputSchema: resultSchema(output),
    annotations: {
      title,
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: true
    }
  }
  const register = (server: McpServer, adapter: Adapter<Services>): void => {
    server.registerTool(name, config, (input, context) =>
      adapter.run(
        LazyHandlers.answeredBy((handlers) =>
          Effect.flatMap(Effect.fromResult(input), (input) => run(handlers, input, context.mcpReq)).pipe(
            handlers.ToolCall.observed(
              name,
              Result.getOrElse(input, () => ({})),
              context
            )
          )
        ),
        context.mcpReq
      )
    )
  }
  return { name, register }
}
