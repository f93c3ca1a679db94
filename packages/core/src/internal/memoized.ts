/** Where it is kept: a `Map`, or a `WeakMap` for arguments that come and go. */
interface Known<K, A> {
  readonly get: (key: K) => A | undefined
  readonly set: (key: K, value: A) => unknown
}

/** What a function gives, kept for every argument that it had. */
export const memoized =
  <K, A>(make: (key: K) => A, known: Known<K, A> = new Map<K, A>()): ((key: K) => A) =>
  (key) => {
    let value = known.get(key)
    if (value === undefined) {
      value = make(key)
      known.set(key, value)
    }
    return value
  }
