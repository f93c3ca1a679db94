/** The installed packages, their install scripts and licenses, and the packages that reach a user. */
import { assert, describe, it } from "@effect/vitest"
import { globSync, lstatSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
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

/** All installed packages. */
const installed = globSync(["*/node_modules/*/package.json", "*/node_modules/@*/*/package.json"], {
  cwd: STORE
})
  .map((file) => join(STORE, file))
  .filter((file) => !lstatSync(dirname(file)).isSymbolicLink())
  .map((file) => JSON.parse(readFileSync(file, "utf8")) as Manifest)

const licenseOf = ({ license }: Manifest): string =>
  (typeof license === "object" ? license.type : license) ?? "none"

/** Licenses that allow redistribution with a notice. */
const PERMISSIVE = ["MIT", "Apache-2.0", "ISC", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "BlueOak-1.0.0"]

/** Licenses of tools, which are not redistributed. */
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

/** The packages whose install scripts are allowed or refused. */
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
  ([, name = "", license = ""]) => [name, license] as const
)

const manifests = globSync(["package.json", "{packages,apps,docs}/*/package.json", "*/package.json"], {
  cwd: ROOT,
  exclude: ["node_modules"]
}).map((file) => [file, JSON.parse(read(file)) as Manifest] as const)

const dependencies = manifests.flatMap(([, { dependencies = {} }]) => Object.keys(dependencies))

describe("installed packages", () => {
  it("every installed package has a hash in the lockfile", () => {
    const lock = read("pnpm-lock.yaml")
    const resolutions = lock.match(/^ +resolution: .*$/gmu) ?? []
    assert.isAbove(resolutions.length, 100)
    for (const resolution of resolutions) {
      assert.match(resolution, /^ +resolution: \{integrity: sha512-[A-Za-z0-9+/]{86}==\}$/u)
    }
    assert.include(read(".ci/run"), "pnpm install --frozen-lockfile")
  })

  it.each(manifests)("%s has exact versions of development dependencies", (_, manifest) => {
    for (const [name, version] of Object.entries(manifest.devDependencies ?? {})) {
      assert.match(version, /^(?:\d+\.\d+\.\d+(?:-[\w.]+)?|workspace:\*)$/u, name)
    }
  })

  it("only the named packages have install scripts, and only Node's may run", () => {
    const running = new Set(installed.filter(runsOnInstall).map(({ name }) => name))
    assert.isAbove(installed.length, 100)
    const names = decided.map(([name]) => name)
    assert.sameMembers(names, [...running])
    const allowed = decided.flatMap(([name, isAllowed]) => (isAllowed ? [name] : []))
    assert.deepStrictEqual(allowed, ["node"])
  })

  it("every installed package has an accepted license", () => {
    const others = installed
      .filter((manifest) => !TOOLS_ONLY.has(licenseOf(manifest)))
      .map((manifest) => `${manifest.name}: ${licenseOf(manifest)}`)
    assert.deepStrictEqual(others, [])
  })
})

describe("packages that reach a user", () => {
  it("the page of dependencies lists exactly these packages, each with a reason", () => {
    const used = new Set(bundled.map(([name]) => name))
    assert.isAbove(used.size, 5)
    for (const name of dependencies) used.add(name)
    const names = documented.map(([name]) => name)
    assert.sameMembers(names, [...used])
    for (const [name, reason] of documented) assert.isAbove(reason.length, 15, name)
  })

  it("every package in the built server has a license that allows redistribution", () => {
    for (const [name, license] of bundled) assert.include(PERMISSIVE, license, name)
  })

  it("the published packages have one dependency, which the sandbox needs", () => {
    assert.deepStrictEqual([...new Set(dependencies)], ["@effect/platform-node"])
  })
})
