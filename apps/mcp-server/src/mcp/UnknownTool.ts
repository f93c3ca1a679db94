/**
 * A call of a tool that is not there. The SDK refuses it as the protocol says, before anything here is asked. The log
 * has a line for it all the same: who tries out what a server can do should be seen.
 */
import type { CallToolRequest, McpServer, ServerContext } from "@modelcontextprotocol/server"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as LazyHandlers from "../handlers/lazyHandlers.ts"
import type { Services } from "../handlers/Runtime.ts"
import type { Adapter } from "./ToolResult.ts"

class UnknownTool extends Data.TaggedError("UnknownTool") {}

/** Its name can be anything, so it is told nowhere. */
const NAME = "unknown"

type Handler = (request: CallToolRequest, context: ServerContext) => Promise<unknown>

/**
 * Has the calls seen of all tools but these, which are seen by themselves. To be called before the server says that it
 * has tools: the SDK sets its handler then, and lets nobody get at it later.
 */
export const observe = (
  { server }: McpServer,
  adapter: Adapter<Services>,
  names: ReadonlySet<string>
): void => {
  const seeing =
    (handler: Handler): Handler =>
    async (request, context) => {
      if (!names.has(request.params.name)) {
        const call = LazyHandlers.answeredBy(({ ToolCall }) =>
          Effect.fail(new UnknownTool()).pipe(ToolCall.observed(NAME, {}, context))
        )
        await adapter.run(call.pipe(Effect.ignore, Effect.as({})), context.mcpReq)
      }
      return handler(request, context)
    }
  const setRequestHandler = server.setRequestHandler.bind(server) as (
    method: string,
    handler: Handler
  ) => void
  Object.assign(server, {
    setRequestHandler: (method: string, handler: Handler) =>
      setRequestHandler(method, method === "tools/call" ? seeing(handler) : handler)
  })
}
