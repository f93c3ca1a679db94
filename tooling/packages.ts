/**
 * The packages that bundled modules come from, and the texts of their licenses.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"

export interface Package {
  readonly folder: string
  readonly name: string
  readonly version: string
  readonly license: string
}

export const packagesOf = (modules: ReadonlyArray<string>): ReadonlyArray<Package> => {
  const found = new Map<string, Package>()
  for (const module of modules) {
    const one = packageAbove(dirname(module))
    if (one !== undefined) found.set(one.folder, one)
  }
  return [...found.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1))
}

/** The nearest folder with a named manifest; some packages have further manifests without a name below it. */
const packageAbove = (folder: string): Package | undefined => {
  const manifest = join(folder, "package.json")
  const { name, version, license } = existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")) : {}
  if (name !== undefined) return { folder, name, version, license }
  return folder === dirname(folder) ? undefined : packageAbove(dirname(folder))
}

export const licenses = (packages: ReadonlyArray<Package>): string =>
  `${packages
    .filter(({ folder }) => folder.includes("node_modules"))
    .map(licenseText)
    .join(`\n\n${"-".repeat(80)}\n\n`)}\n`

const licenseText = ({ folder, license, name, version }: Package): string => {
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/iu.test(entry))
  const text = file === undefined ? "" : `\n\n${readFileSync(join(folder, file), "utf8").trim()}`
  return `${name} ${version} (${license})${text}`
}
