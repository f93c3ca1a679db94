/** Packages that are too large for the workspace, so npm installs them into an empty folder. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createRequire } from "node:module"
import { join } from "node:path"
import { installed } from "./Tarball.ts"

interface Service {
  /** Loads a module of the packages. */
  readonly load: <A>(specifier: string) => Effect.Effect<A>
}

export class InstalledPackages extends Context.Service<InstalledPackages, Service>()(
  "test/InstalledPackages"
) {}

/** Each package by its name and exact version. */
export const layer = (...packages: ReadonlyArray<string>): Layer.Layer<InstalledPackages> =>
  Layer.effect(
    InstalledPackages,
    Effect.map(installed(packages, ["--ignore-scripts", "--omit=peer"]), (folder) => {
      const require = createRequire(join(folder, "package.json"))
      return { load: (specifier) => Effect.promise(() => import(require.resolve(specifier))) }
    })
  )
