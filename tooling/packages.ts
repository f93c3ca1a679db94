/** The packages of bundled modules: the texts of their licenses, and a bill of materials (CycloneDX 1.6). */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

type Package = Readonly<Record<"folder" | "name" | "version" | "license", string>> &
  Readonly<Partial<Record<"dependencies" | "peerDependencies" | "devDependencies", object>>>

export const readPackage = (folder: string): Package => ({
  ...JSON.parse(readFileSync(join(folder, "package.json"), "utf8")),
  folder
})

/** A folder below the last `node_modules`, or in this repository. */
const FOLDER = /^.+[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+|^.+[\\/]packages[\\/][^\\/]+/u

export const packagesOf = (modules: ReadonlyArray<string>): ReadonlyArray<Package> =>
  [...new Set(modules.flatMap((id) => FOLDER.exec(id)?.[0] ?? []))].toSorted().map(readPackage)

export const licenses = (packages: ReadonlyArray<Package>): string =>
  packages
    .filter(({ folder }) => folder.includes("node_modules"))
    .map(({ folder, license, name, version }) => {
      const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|notice)/iu.test(file))
      const texts = files.map((file) => `\n${readFileSync(join(folder, file), "utf8").trim()}\n`)
      return `${name} ${version} (${license})\n${texts.join("")}`
    })
    .join(`\n${"-".repeat(80)}\n\n`)

export const billOfMaterials = (app: Package, packages: ReadonlyArray<Package>): object => ({
  bomFormat: "CycloneDX",
  specVersion: "1.6",
  metadata: { component: { type: "application", ...component(app) } },
  components: packages.map((one) => ({ type: "library", ...component(one) })),
  dependencies: [app, ...packages].map((one) => {
    // An app's bundled packages are its development dependencies.
    const needed = { ...one.dependencies, ...one.peerDependencies, ...(one === app && app.devDependencies) }
    return { ref: purl(one), dependsOn: packages.filter(({ name }) => name in needed).map(purl) }
  })
})

const component = (one: Package): object => {
  const [name, group] = one.name.split("/").toReversed()
  const { license: expression, version } = one
  return { "bom-ref": purl(one), group, name, version, licenses: [{ expression }], purl: purl(one) }
}

const purl = ({ name, version }: Package): string => `pkg:npm/${name.replace("@", "%40")}@${version}`
