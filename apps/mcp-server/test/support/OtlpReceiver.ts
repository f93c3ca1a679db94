/**
 * A collector on loopback that keeps what is posted to it (OTLP over HTTP), or misbehaves.
 */
import * as Effect from "effect/Effect"
import { createServer, type IncomingHttpHeaders } from "node:http"
import { listen } from "./Loopback.ts"

export interface Post {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface OtlpReceiver {
  /** What turns telemetry on, in JSON so that it can be read here. */
  readonly env: Readonly<Record<string, string>>
  readonly posts: ReadonlyArray<Post>
  /** Waits until the posts so far are as wanted; looks again whenever one comes. */
  readonly until: (wanted: (posts: ReadonlyArray<Post>) => boolean) => Effect.Effect<void>
}

/** What it answers; `redirect` sends the client to another path, `stall` never ends its answer, `hang` never begins. */
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
    return {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://${yield* listen(server)}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json"
      },
      posts,
      until: (wanted) =>
        Effect.callback<void>((resume) => {
          const look = () => {
            if (wanted(posts)) resume(Effect.void)
          }
          waiting.add(look)
          look()
          return Effect.sync(() => void waiting.delete(look))
        })
    } satisfies OtlpReceiver
  })

/** An endpoint at which nothing listens any more. */
export const absent: Effect.Effect<Readonly<Record<string, string>>> = Effect.scoped(
  Effect.map(start(), ({ env }) => env)
)
