/** Certificates of a new authority, made by OpenSSL for one test. */
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { temporaryFolder } from "./Tarball.ts"

/** Paths of files in PEM. */
export interface Certificate {
  readonly authority: string
  readonly certificate: string
  readonly key: string
}

const openssl = (...args: ReadonlyArray<string>) => execFileSync("openssl", args, { stdio: "pipe" })

/** Whether the tests that need OpenSSL are skipped; in CI they fail instead. */
export const isMissing: boolean = (() => {
  try {
    openssl("version")
    return false
  } catch {
    return process.env["CI"] === undefined
  }
})()

const NEW_KEY = ["-newkey", "rsa:2048", "-nodes"]

/** For a server that clients reach at `name`, such as IP:127.0.0.1. */
export const make = (name: `IP:${string}` | `DNS:${string}`) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const fileOf = (name: string) => join(folder, name)
    const [authority, certificate, key] = [fileOf("ca.pem"), fileOf("server.pem"), fileOf("server.key")]
    const [authorityKey, request, extensions] = [fileOf("ca.key"), fileOf("server.csr"), fileOf("server.ext")]
    yield* Effect.sync(() => {
      const created = ["-keyout", authorityKey, "-out", authority]
      openssl("req", "-x509", ...NEW_KEY, ...created, "-days", "1", "-subj", "/CN=Authority of a test")
      openssl("req", ...NEW_KEY, "-keyout", key, "-out", request, "-subj", "/CN=Redis of a test")
      writeFileSync(extensions, `subjectAltName=${name}`)
      const signed = ["-CA", authority, "-CAkey", authorityKey, "-set_serial", "1", "-out", certificate]
      openssl("x509", "-req", "-in", request, ...signed, "-days", "1", "-extfile", extensions)
    })
    return { authority, certificate, key } satisfies Certificate
  })
