/**
 * What is installed, what of it may run, under which licences, and what of it reaches a user.
 */
import { assert, describe, it } from "@effect/vitest"
import { existsSync, globSync, lstatSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const ROOT = fileURLToPath(new URL("../../../", import.meta.url))
const STORE = join(ROOT, "node_modules/.pnpm")

const read = (file: string): string => readFileSync(join(ROOT, file), "utf8")

interface Manifest {
  readonly name: string
  readonly license?: string | { readonly type: string }
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** Everything that is installed, for whatever purpose. */
const installed: ReadonlyArray<Manifest> = readdirSync(STORE)
  .map((entry) => join(STORE, entry, "node_modules"))
  .filter((folder) => existsSync(folder))
  .flatMap((folder) =>
    readdirSync(folder).flatMap((name) =>
      name.startsWith("@")
        ? readdirSync(join(folder, name)).map((rest) => join(folder, name, rest))
        : [join(folder, name)]
    )
  )
  .filter((folder) => !lstatSync(folder).isSymbolicLink() && existsSync(join(folder, "package.json")))
  .map((folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest)

const licenceOf = ({ license }: Manifest): string =>
  (typeof license === "object" ? license.type : license) ?? "none"

/** What may be handed on inside a product with nothing but its notice. */
const PERMISSIVE = ["MIT", "Apache-2.0", "ISC", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "BlueOak-1.0.0"]

/** For tools that nobody but us runs, and of which nothing is handed on. */
const TOOLS_ONLY = new Set([
  ...PERMISSIVE,
  "MPL-2.0",
  "Python-2.0",
  "CC0-1.0",
  "CC-BY-4.0",
  "Unlicense",
  "(MIT OR CC0-1.0)",
  "(BSD-3-Clause OR GPL-2.0)"
])

const INSTALL_SCRIPTS = ["preinstall", "install", "postinstall"]

const runsOnInstall = ({ scripts }: Manifest): boolean =>
  INSTALL_SCRIPTS.some((script) => scripts?.[script] !== undefined)

/** The packages whose install scripts are decided about, each on a line with a comment above it. */
const decided = Array.from(
  (/^allowBuilds:\n((?: {2}.*\n)+)/mu.exec(read("pnpm-workspace.yaml"))?.[1] ?? "").matchAll(
    /^ {2}"?([^\s#"]+)"?: (true|false)$/gmu
  ),
  ([, name = "", allowed]) => [name, allowed === "true"] as const
)

/** The names in the first column of a table of the page about dependencies. */
const documented = Array.from(
  read("docs/dependencies.md").matchAll(/^\| `([^`]+)` +\|(.*)\|$/gmu),
  ([, name = "", reason = ""]) => [name, reason.trim()] as const
)

const bundled = Array.from(
  read("apps/mcp-server/dist/THIRD_PARTY_LICENSES.txt").matchAll(/^(@?[\w./-]+) \d\S* \(([^)]+)\)$/gmu),
  ([, name = "", licence = ""]) => [name, licence] as const
)

const manifests = globSync(["package.json", "{packages,apps,docs}/*/package.json", "*/package.json"], {
  cwd: ROOT,
  exclude: ["node_modules"]
}).map((file) => [file, JSON.parse(read(file)) as Manifest] as const)

const dependencies = manifests.flatMap(([, { dependencies = {} }]) => Object.keys(dependencies))

describe("what is installed", () => {
  it("is what the lockfile says, to the byte, from the registry", () => {
    const lock = read("pnpm-lock.yaml")
    const resolutions = lock.match(/^ +resolution: .*$/gmu) ?? []
    assert.isAbove(resolutions.length, 100)
    for (const resolution of resolutions) {
      assert.match(resolution, /^ +resolution: \{integrity: sha512-[A-Za-z0-9+/]{86}==\}$/u)
    }
    assert.include(read(".ci/run"), "pnpm install --frozen-lockfile")
  })

  it.each(manifests)(
    "is asked for in %s by exact versions, but where a user's package manager may choose",
    (_, manifest) => {
      for (const [name, version] of Object.entries(manifest.devDependencies ?? {})) {
        assert.match(version, /^(?:\d+\.\d+\.\d+(?:-[\w.]+)?|workspace:\*)$/u, name)
      }
    }
  )

  it("runs no script of its own, but for those that are named and explained", () => {
    const running = new Set(installed.filter(runsOnInstall).map(({ name }) => name))
    assert.isAbove(installed.length, 100)
    assert.sameMembers(
      decided.map(([name]) => name),
      [...running]
    )
    assert.deepStrictEqual(
      decided.filter(([, allowed]) => allowed).map(([name]) => name),
      ["node"]
    )
  })

  it("has a licence that lets us use it", () => {
    const others = installed
      .filter((manifest) => !TOOLS_ONLY.has(licenceOf(manifest)))
      .map((manifest) => `${manifest.name}: ${licenceOf(manifest)}`)
    assert.deepStrictEqual(others, [])
  })
})

describe("what reaches a user", () => {
  it("is listed with a reason, and nothing else is listed", () => {
    const used = new Set(bundled.map(([name]) => name))
    assert.isAbove(used.size, 5)
    for (const name of dependencies) used.add(name)
    assert.sameMembers(
      documented.map(([name]) => name),
      [...used]
    )
    for (const [name, reason] of documented) assert.isAbove(reason.length, 15, name)
  })

  it("in the built server has a licence that lets us hand it on", () => {
    for (const [name, licence] of bundled) assert.include(PERMISSIVE, licence, name)
  })

  it("is one dependency, of the sandbox: the library has a peer, the server is built into one file", () => {
    assert.deepStrictEqual([...new Set(dependencies)], ["@effect/platform-node"])
  })
})
