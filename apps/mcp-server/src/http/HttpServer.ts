import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { inUrl } from "../settings/Loopback.ts"
import { type Refusal, refuse, write } from "./guards/Refusal.ts"

export interface Options {
  readonly host: string
  readonly port: number
  readonly serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  /** Reports a request that arrived during the shutdown, or that failed. */
  readonly refused: (refusal: Refusal, request: IncomingMessage) => void
  /** Reports a request that failed because of a bug. */
  readonly report: (error: unknown) => void
}

/**
 * The milliseconds for receiving a request. The time of an answer is not limited here, because a wait can take 270 seconds.
 */
const ARRIVAL = { headersTimeout: 10_000, requestTimeout: 30_000 }

/** Longer than the 60 seconds for which proxies keep an idle connection, so that the proxy closes it first. */
const KEEP_ALIVE_MILLIS = 65_000

/** Starts to listen. Rejects if the address cannot be used. */
export const listen = async ({ host, port, refused, report, serve }: Options) => {
  const running = new Set<ServerResponse>()
  const drained = Promise.withResolvers<void>()
  let draining = false

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    running.add(response)
    response.once("close", () => {
      running.delete(response)
      if (draining && running.size === 0) drained.resolve()
    })
    const turnAway = (refusal: Refusal): Promise<void> => {
      refused(refusal, request)
      return write(response, refusal)
    }
    if (draining)
      return turnAway(refuse("stopping", 503, "The server is shutting down.", { connection: "close" }))
    try {
      await serve(request, response)
    } catch (error) {
      report(error)
      if (response.headersSent) response.destroy()
      else await turnAway(refuse("defect", 500, "Something unexpected went wrong in this server."))
    }
  }

  const server = createServer({ ...ARRIVAL, keepAliveTimeout: KEEP_ALIVE_MILLIS }, (request, response) => {
    void answer(request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen({ host, port }, resolve)
  })

  return {
    /** The address of the server, without a path. */
    url: `http://${inUrl(host)}:${(server.address() as AddressInfo).port}`,
    /** Refuses new requests, and resolves when the running ones have been answered. */
    drained: () => {
      draining = true
      server.close()
      if (running.size === 0) drained.resolve()
      return drained.promise
    }
  }
}
