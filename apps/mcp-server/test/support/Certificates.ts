/** A certificate that signs itself, made by OpenSSL for one test. */
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { temporaryFolder } from "./Tarball.ts"

/** Paths of files in PEM. */
export interface Certificate {
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

/** For a server that clients reach at `name`, such as IP:127.0.0.1. */
export const make = (name: `IP:${string}` | `DNS:${string}`) =>
  Effect.map(temporaryFolder, (folder): Certificate => {
    const [certificate, key] = [join(folder, "server.pem"), join(folder, "server.key")]
    const subject = ["-subj", "/CN=Redis of a test", "-addext", `subjectAltName=${name}`]
    const files = ["-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate]
    openssl("req", "-x509", ...files, "-days", "1", ...subject)
    return { certificate, key }
  })
