import { assert, describe, it } from "@effect/vitest"
import type { ServerResponse } from "node:http"
import * as HttpServer from "../../src/http/HttpServer.ts"

describe("an HTTP server", () => {
  it("a server is drained once the last running request is answered", async () => {
    const [first, second] = [Promise.withResolvers<ServerResponse>(), Promise.withResolvers<ServerResponse>()]
    const server = await HttpServer.listen({
      host: "127.0.0.1",
      port: 0,
      serve: async ({ url }, response) => (url === "/first" ? first : second).resolve(response),
      refused: () => undefined,
      report: (error) => assert.fail(String(error))
    })
    const answers = ["/first", "/second"].map((path) => fetch(new URL(path, server.url)))
    const [one, two] = await Promise.all([first.promise, second.promise])
    const ended: Array<string> = []
    const drained = server.drained().then(() => ended.push("drained"))
    // The second answer ends a turn later: if `drained` resolved after the first, that would be recorded before it.
    one.once("close", () => {
      setImmediate(() => {
        ended.push("first")
        two.end()
      })
    })
    two.once("close", () => ended.push("second"))
    one.end()
    await drained
    assert.deepStrictEqual(ended, ["first", "second", "drained"])
    for (const { status } of await Promise.all(answers)) assert.strictEqual(status, 200)
  })
})
