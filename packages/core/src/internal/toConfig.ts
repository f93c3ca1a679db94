import * as Config from "effect/Config"

/** An option of `layerConfig`, which is a plain value or a `Config`, as a `Config`. */
export const toConfig = <A>(value: A | Config.Config<A>): Config.Config<A> =>
  isConfig(value) ? value : Config.succeed(value)

const isConfig = <A>(value: A | Config.Config<A>): value is Config.Config<A> => Config.isConfig(value)
