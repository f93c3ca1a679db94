import { assert, describe, it } from "@effect/vitest"
import { proxyFor } from "../../src/settings/proxyFor.ts"

const url = new URL("https://acme.api.test")

/** A value of NO_PROXY, and whether Node's fetch still uses the proxy for `url`, as Node 24 reads the list. */
const noProxy: ReadonlyArray<readonly [string, isUsed: boolean]> = [
  ["", true],
  ["acme.api.test", false],
  ["ACME.api.TEST", false],
  ["api.test", false],
  [".api.test", false],
  ["*.api.test", false],
  ["*", false],
  ["other.test, acme.api.test", false],
  ["other.test acme.api.test", false],
  ["acme.api.test:443", false],
  ["acme.api.test:80", true],
  ["pi.test", true],
  ["other.test,", true],
  ["https://acme.api.test", true]
]

describe("a proxy that Node does not use", () => {
  it.each(noProxy)("a proxy that Node does not use is reported with NO_PROXY %j: %s", (value, isUsed) => {
    for (const name of ["NO_PROXY", "no_proxy"]) {
      const env = { HTTPS_PROXY: "http://proxy.test", [name]: value }
      assert.strictEqual(proxyFor(env, [], url)?.variable, isUsed ? "HTTPS_PROXY" : undefined)
    }
  })
})
