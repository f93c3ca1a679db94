/** Runs a server that exports telemetry, and returns all its output. */
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import * as JsonRpc from "./JsonRpc.ts"
import * as Otlp from "./Otlp.ts"
import * as OtlpReceiver from "./OtlpReceiver.ts"
import * as ServerProcess from "./ServerProcess.ts"

export interface Options {
  readonly calls: ReadonlyArray<{ readonly id: number }>
  readonly env?: Readonly<Record<string, string>>
  readonly args?: ReadonlyArray<string>
  readonly sandbox?: Sandbox.Service
  readonly receiver?: OtlpReceiver.OtlpReceiver
  /** Whether the client initializes the connection, as older protocols require; true by default. */
  readonly initializes?: boolean
  /** Ends the server; by default, closes its standard input. */
  readonly end?: (server: ServerProcess.ServerProcess) => Effect.Effect<void>
}

/** Sends the calls one after the other; the end of the server flushes the last telemetry. */
export const observed = ({
  args = [],
  calls,
  env = {},
  end = ({ closeInput }) => closeInput,
  initializes = true,
  ...given
}: Options) =>
  Effect.gen(function* () {
    const sandbox = given.sandbox ?? (yield* Sandbox.make())
    const receiver = given.receiver ?? (yield* OtlpReceiver.start())
    const server = yield* ServerProcess.start(args, {
      ...ServerProcess.settingsFor(sandbox),
      ...receiver.env,
      ...env
    })
    if (initializes) yield* server.send(JsonRpc.initialize(0), JsonRpc.initialized)
    const answers: Array<JsonRpc.Message> = []
    for (const call of calls) {
      yield* server.send(call)
      answers.push(yield* server.answer(call.id))
    }
    yield* end(server)
    return { ...(yield* server.ended), answers, posts: receiver.posts, received: yield* sandbox.received }
  })

/** The only span of a name; throws unless there is exactly one. */
export const spanNamed = (posts: ReadonlyArray<OtlpReceiver.Post>, name: string): Otlp.Span => {
  const [span, ...others] = Otlp.spansIn(posts).filter((span) => span.name === name)
  if (span === undefined || others.length > 0) throw new Error(`There is not exactly one span ${name}.`)
  return span
}
