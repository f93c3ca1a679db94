/**
 * Builds an app: a few readable ES modules in `dist/`, source maps that embed the sources, and the licenses and the bill of
 * materials of the packages in them.
 */
import { realpathSync, writeFileSync } from "node:fs"
import { sep } from "node:path"
import { fileURLToPath } from "node:url"
import { rolldown } from "rolldown"
import { billOfMaterials, licenses, packagesOf, readPackage } from "./packages.ts"

export interface App {
  /** The app's folder. Its entry is `src/main.ts`. */
  readonly folder: URL
  /**
   * The chunks, each with the modules or folders that it begins with. A chunk holds these and their static imports; a
   * module that several chunks reach is in the first of them.
   */
  readonly chunks: Readonly<Record<string, ReadonlyArray<string>>>
  /** Modules of the app to use instead of others. */
  readonly alias?: Readonly<Record<string, string>>
}

export const bundle = async ({ alias = {}, chunks, folder }: App): Promise<void> => {
  const at = (path: string): string => fileURLToPath(new URL(path, folder))
  const groups = Object.entries(chunks).map(([name, paths]) => {
    const beginnings = paths.map((path) => realpathSync(at(path)))
    return { name, test: (id: string) => beginnings.some((path) => id === path || id.startsWith(path + sep)) }
  })
  const build = await rolldown({
    // Comments in the output name each module by its path from here.
    cwd: at("../.."),
    input: { main: at("src/main.ts") },
    platform: "node",
    resolve: { alias: Object.fromEntries(Object.entries(alias).map(([from, to]) => [from, at(to)])) },
    // Effect reads an environment that some bundlers add to `import.meta`; this one adds none.
    checks: { emptyImportMeta: false },
    logLevel: "warn"
  })
  const { output } = await build.write({
    dir: at("dist"),
    cleanDir: true,
    chunkFileNames: "[name].js",
    minifyInternalExports: false,
    sourcemap: true,
    codeSplitting: { groups }
  })
  const packages = packagesOf(output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : [])))
  const bill = billOfMaterials(readPackage(at(".")), packages)
  writeFileSync(at("dist/THIRD_PARTY_LICENSES.txt"), licenses(packages))
  writeFileSync(at("dist/sbom.cdx.json"), `${JSON.stringify(bill, null, 2)}\n`)
}
