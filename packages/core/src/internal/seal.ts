/**
 * What only those can read, and make, who know the client secret: AES-256-GCM (Web Crypto), with a key derived
 * from the secret by HKDF-SHA-256 (RFC 5869). A client secret is long and random, so no slow derivation is
 * needed.
 */
import * as Base64Url from "effect/encoding/Base64Url"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"

export interface Seal {
  /** Tells the owner apart from others, and nothing about the secret. */
  readonly name: string
  readonly seal: (text: Redacted.Redacted<string>) => Effect.Effect<string>
  /** `None` for what was not sealed with this secret, or was changed since. */
  readonly open: (sealed: string) => Effect.Effect<Option.Option<Redacted.Redacted<string>>>
  /** Tells texts apart without telling them. */
  readonly fingerprint: (text: Redacted.Redacted<string>) => Effect.Effect<string>
}

const NONCE_BYTES = 12
const utf8 = new TextEncoder()

/** `owner` is part of every derivation: what was sealed for one owner cannot be passed off as another's. */
export const make = (secret: Redacted.Redacted<string>, owner: string): Effect.Effect<Seal> =>
  Effect.promise(async () => {
    const { subtle } = crypto
    const material = await subtle.importKey("raw", utf8.encode(Redacted.value(secret)), "HKDF", false, [
      "deriveBits",
      "deriveKey"
    ])
    const derivation = (purpose: string) => ({
      name: "HKDF",
      hash: "SHA-256",
      salt: new Uint8Array(),
      info: utf8.encode(`sailpoint-bulk-upload ${purpose} ${owner}`)
    })
    const aes = { name: "AES-GCM", length: 256 }
    const hmac = { name: "HMAC", hash: "SHA-256", length: 256 }
    const name = await subtle.deriveBits(derivation("name"), material, 128)
    const key = await subtle.deriveKey(derivation("token"), material, aes, false, ["encrypt", "decrypt"])
    const marker = await subtle.deriveKey(derivation("fingerprint"), material, hmac, false, ["sign"])

    const open = async (sealed: Uint8Array): Promise<string> => {
      const bytes = new Uint8Array(sealed)
      const iv = bytes.subarray(0, NONCE_BYTES)
      const text = await subtle.decrypt({ name: aes.name, iv }, key, bytes.subarray(NONCE_BYTES))
      return new TextDecoder().decode(text)
    }

    return {
      name: encoded(name),
      seal: (text) =>
        Effect.promise(async () => {
          const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
          const body = await subtle.encrypt({ name: aes.name, iv }, key, utf8.encode(Redacted.value(text)))
          return Base64Url.encode(Uint8Array.of(...iv, ...new Uint8Array(body)))
        }),
      open: (sealed) =>
        Result.match(Base64Url.decode(sealed), {
          onFailure: () => Effect.succeedNone,
          onSuccess: (bytes) =>
            Effect.tryPromise(() => open(bytes)).pipe(
              Effect.map((text) => Redacted.make(text, { label: "access token" })),
              Effect.option
            )
        }),
      fingerprint: (text) =>
        Effect.promise(async () =>
          encoded(await subtle.sign(hmac.name, marker, utf8.encode(Redacted.value(text))))
        )
    }
  })

const encoded = (bytes: ArrayBuffer): string => Base64Url.encode(new Uint8Array(bytes))
