/** A collector on loopback that keeps its posts (OTLP over HTTP), or misbehaves. */
import * as Effect from "effect/Effect"
import { createServer, type IncomingHttpHeaders } from "node:http"
import { listen } from "./Loopback.ts"

export interface Post {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export type OtlpReceiver = Effect.Success<ReturnType<typeof start>>

/** The answer; `redirect` leads to another path, `stall` never ends its answer, `hang` never starts it. */
export type Manner = keyof typeof STATUS | "hang"

const STATUS = { accept: 200, refuse: 400, fail: 503, redirect: 307, stall: 200 } as const

export const start = (manner: Manner = "accept") =>
  Effect.gen(function* () {
    const posts: Array<Post> = []
    const waiting = new Set<() => void>()
    const server = createServer((request, response) => {
      const chunks: Array<Buffer> = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        posts.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks) })
        for (const look of waiting) look()
        if (manner === "hang") return
        response.writeHead(STATUS[manner], { location: "/elsewhere" }).write("{")
        if (manner !== "stall") response.end("}")
      })
    })
    /** The variables that enable telemetry, with JSON as its format. */
    const env: Readonly<Record<string, string>> = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${yield* listen(server)}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json"
    }
    return {
      env,
      posts,
      /** Waits until a condition on the posts holds. */
      until: (wanted: (posts: ReadonlyArray<Post>) => boolean) =>
        Effect.callback<void>((resume) => {
          const look = () => {
            if (wanted(posts)) resume(Effect.void)
          }
          waiting.add(look)
          look()
          return Effect.sync(() => void waiting.delete(look))
        })
    }
  })

/** The variables of a closed collector. */
export const absent = Effect.scoped(Effect.map(start(), ({ env }) => env))
