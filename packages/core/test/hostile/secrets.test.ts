/** No answer shows the client secret or the access token. `connections.test.ts` checks the failures of connections. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Redacted from "effect/Redacted"
import { withoutSecrets } from "../../src/internal/reply.ts"
import { floods, shapes } from "./bodies.ts"
import { shownBy } from "./support/outcome.ts"
import * as RawTenant from "./support/rawTenant.ts"
import { ACCESS_TOKEN, CLIENT_SECRET, granting, service } from "./support/service.ts"
import * as wire from "./support/wire.ts"

describe("secrets", { concurrent: true, timeout: 60_000 }, () => {
  const answers = [...shapes, ...floods].flatMap((body) =>
    [200, 302, 403, 429, 503].map((status) => [status, body.name, body] as const)
  )
  it.live.each(answers)("no secret is shown after a %d with %s", ([status, , body]) =>
    Effect.gen(function* () {
      const tenant = yield* RawTenant.make(granting(body.answer(status)))
      const { everything } = yield* shownBy(service(tenant.url, FetchHttpClient.layer))
      for (const secret of [CLIENT_SECRET, ACCESS_TOKEN]) assert.notInclude(everything, secret)
    })
  )
})

const texts: ReadonlyArray<readonly [string, secrets: ReadonlyArray<string>, text: string, shown: string]> = [
  ["an empty secret", [""], "Gone.", "Gone."],
  ["a secret in JSON", ['a"b'], 'It was a\\"b.', "It was [secret]."],
  ["a secret in a page", ['a"<&>b'], "It was a&quot;&lt;&amp;&gt;b.", "It was [secret]."],
  ["a secret in a form", ["a b/"], "It was a+b%2F.", "It was [secret]."],
  ["a secret in a query", ["a b/"], "It was a%20b%2F.", "It was [secret]."],
  ["a secret in a path", ["a b/"], "It was a%20b/.", "It was [secret]."],
  ["a secret inside another", ["key", "key-1"], "It was key-1.", "It was [secret]."],
  ["a secret with half of a character", ["key-\ud83d"], "It was key-\ud83d.", "It was [secret]."],
  ["characters beyond those that are read", [], `${" ".repeat(8 * 501)}x`, ""],
  ["a secret at the cut", ["key-1"], `${"x".repeat(497)}key-1`, `${"x".repeat(497)}[s…`]
]

describe("a text without secrets", () => {
  it.each(texts)("a text does not show %s", (_, secrets, text, shown) => {
    assert.strictEqual(withoutSecrets(secrets.map((secret) => Redacted.make(secret)))(text), shown)
  })
})

/** Contains the characters that JSON, pages, forms and URLs escape. */
const SECRET = 'canary-"client"<secret>&100%/\u00fc\\ x'
const WORDS = [
  'canary-"',
  'canary-\\"',
  "canary-%22",
  "canary-&quot;",
  "\\u0063anary",
  'client"<',
  "secret>",
  "100%/"
]

const json = JSON.stringify
const echoes: ReadonlyArray<readonly [string, (secret: string) => string]> = [
  ["in JSON", (secret) => json({ messages: [{ text: `You sent ${secret}.` }] })],
  ["as an OAuth error", (secret) => json({ error: "no", error_description: secret })],
  ["as a code and an ID", (secret) => json({ detailCode: secret, trackingId: secret })],
  ["as a status", (secret) => json({ status: secret })],
  ["as a key", (secret) => json({ [secret]: 1 })],
  ["as text", (secret) => `You sent ${secret}.`],
  ["in JSON, between invisible characters", (secret) => json({ message: [...secret].join("\u200b") })],
  ["in unexpected JSON, every character escaped", (secret) => `{"odd":"${unicodeEscaped(secret)}"}`],
  ["in unexpected JSON, between escaped colors", (secret) => json({ odd: [...secret].join("\u001B[31m") })],
  ["in incomplete JSON, every character escaped", (secret) => `{"odd":["${unicodeEscaped(secret)}`],
  ["in incomplete JSON, with escaped slashes", (secret) => `{"odd":[${json(secret).replaceAll("/", "\\/")}`],
  [
    "in a page",
    (secret) =>
      `<p>${secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")}`
  ],
  ["in a form", (secret) => new URLSearchParams({ client_secret: secret }).toString()],
  ["in a URL", (secret) => `/oauth?client_secret=${encodeURIComponent(secret)}`],
  ["at the end of a text", (secret) => json({ message: `${"x".repeat(490)}${secret}` })],
  ["after invisible characters", (secret) => json({ message: `${"\u200b".repeat(3_980)}${secret}` })],
  ["at the end of a body", (secret) => `${"x".repeat(190)}${secret}`],
  ["a hundred times", (secret) => json({ messages: Array.from({ length: 100 }, () => ({ text: secret })) })]
]

const unicodeEscaped = (text: string): string =>
  [...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")

/** Decodes escapes and drops colors, as an attacker would. */
const decoded = (text: string): string =>
  text
    .replaceAll(/\\+u([0-9a-f]{4})/giu, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replaceAll("\u001B[31m", "")

describe("a gateway that echoes", { concurrent: true, timeout: 60_000 }, () => {
  const token = "canary-<token>&%/\\'x"
  const secrets = [
    ["the client secret", SECRET, WORDS, { clientId: "canary", clientSecret: Redacted.make(SECRET) }],
    [
      "an access token",
      token,
      ["canary-", "<token>", "token&gt;", "token%3E"],
      { accessToken: Redacted.make(token) }
    ]
  ] as const
  const cases = secrets.flatMap(([name, secret, words, auth]) =>
    echoes.flatMap(([how, write]) =>
      [200, 302, 400, 401, 429, 500].map(
        (status) => [name, how, status, { answer: write(secret), secret, words, auth }] as const
      )
    )
  )
  it.live.each(cases)("%s echoed %s by a %d is not shown", ([, , status, { answer, auth, secret, words }]) =>
    Effect.gen(function* () {
      const location = `/?${encodeURIComponent(secret)}`
      const tenant = yield* RawTenant.make(wire.answer(status, answer, { location }))
      const { everything } = yield* shownBy(service(tenant.url, FetchHttpClient.layer, { auth }))
      for (const word of words) assert.notInclude(decoded(everything), word)
    })
  )
})
