/** Bodies of hundreds of megabytes need no more memory than small ones. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import * as zlib from "node:zlib"
import { transports } from "../support/tenant.ts"
import * as RawTenant from "./support/rawTenant.ts"
import { granting } from "./support/service.ts"
import * as wire from "./support/wire.ts"

const MEASURE = fileURLToPath(new URL("support/peakMemory.ts", import.meta.url))

interface Measured {
  readonly outcomes: ReadonlyArray<string>
  /** The most memory that the process ever had, in MB: after the first answer, and after the last. */
  readonly first: number
  readonly last: number
}

const measure = (client: string, urls: ReadonlyArray<string>) =>
  Effect.callback<Measured>((resume) => {
    const child = execFile(process.execPath, [MEASURE, client, ...urls], (error, stdout, stderr) =>
      resume(error === null ? Effect.succeed(JSON.parse(stdout) as Measured) : Effect.die(stderr || error))
    )
    return Effect.sync(() => child.kill("SIGKILL"))
  })

const json = { "content-type": "application/json" }
const MEGABYTE = Buffer.alloc(1024 * 1024, " ")
const PACKED = zlib.gzipSync(MEGABYTE)
const HALF_A_GIGABYTE = 512

/** A valid status after 512 MB of spaces. Parts in gzip (RFC 1952) can follow each other. */
const bomb = Buffer.concat([
  zlib.gzipSync('{"status":"COMPLETED"'),
  ...Array.from({ length: HALF_A_GIGABYTE }, () => PACKED),
  zlib.gzipSync("}")
])

const floods: ReadonlyArray<RawTenant.Answer> = [
  wire.endless(200, MEGABYTE, json),
  wire.endless(403, MEGABYTE, json),
  wire.endless(200, MEGABYTE, { ...json, "content-length": String(HALF_A_GIGABYTE * MEGABYTE.length) }),
  wire.answer(200, bomb, { ...json, "content-encoding": "gzip" }),
  wire.answer(503, bomb, { ...json, "content-encoding": "gzip" })
]

/** In MB: far less than any of the bodies, and more than an allocator needs for the bytes that are read. */
const ALLOWED = 96

describe("memory", { timeout: 120_000 }, () => {
  it.live.each(transports)(
    "does not hold half a gigabyte that is sent, announced or unpacked over %s",
    ([client]) =>
      Effect.gen(function* () {
        const tenants = yield* Effect.forEach([wire.json(200, { status: "PENDING" }), ...floods], (answer) =>
          RawTenant.make(granting(answer))
        )
        const { first, last, outcomes } = yield* measure(
          client,
          tenants.map(({ url }) => url)
        )
        assert.deepStrictEqual(
          outcomes.map((text) => /^PENDING$|answered \d{3}/u.exec(text)?.[0]),
          ["PENDING", ...[200, 403, 200, 200, 503].map((status) => `answered ${status}`)]
        )
        assert.isBelow(last - first, ALLOWED)
      })
  )
})
