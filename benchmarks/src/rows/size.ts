/**
 * Sizes: what a program bundles, what an assistant downloads, what has to be installed, and the memory of a server
 * that does nothing.
 */
import { readdirSync, readFileSync, statSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { builtServer } from "../BuiltServer.ts"
import { bundled } from "../Bundle.ts"
import { interleave } from "../Interleave.ts"
import { overStdio } from "../McpServer.ts"
import type { Row } from "../Row.ts"
import * as VendorSdk from "../VendorSdk.ts"

const LIBRARY = "our library with the fetch client"
const WITH_SETTINGS = "the same, settings from the environment"
const SERVER = "our server"
const VENDOR = "the vendor's SDK"
const BY_HAND = "one tool on the SDK"

const kilobytes = (file: string): number => statSync(file).size / 1000

/** Of a folder with all that is in it; what is linked counts where it is. */
const folderSize = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((total, { name, parentPath }) => total + statSync(`${parentPath}/${name}`).size, 0)

const runtimeDependencies = (): number => {
  const manifest = JSON.parse(
    readFileSync(new URL("../../../apps/mcp-server/package.json", import.meta.url), "utf8")
  ) as { readonly dependencies?: object }
  return Object.keys(manifest.dependencies ?? {}).length
}

/** Resident memory in megabytes, a second after the answer to `initialize`. */
const idleMemory = async (file: string): Promise<number> => {
  const server = await overStdio(file, { SAIL_BASE_URL: "http://127.0.0.1:9", SAIL_ACCESS_TOKEN: "token" })
  await new Promise((resolve) => {
    setTimeout(resolve, 1000)
  })
  const [, kib] = /^VmRSS:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${server.pid}/status`, "utf8")) ?? []
  await server.stop()
  return (Number(kib) * 1024) / 1e6
}

const one = (name: string, value: number) => ({ name, samples: [value] })

export const size: Row = {
  id: "size",
  title: "Size",
  samples: 7,
  needsVendorSdk: true,
  run: async ({ samples }) => {
    const ours = builtServer()
    const byHand = await bundled("peers/stdioServer")
    return [
      {
        what: "bundled and minified",
        unit: "kB",
        digits: 0,
        measured: [
          one(LIBRARY, kilobytes(await bundled("libraryEntry"))),
          one(WITH_SETTINGS, kilobytes(await bundled("libraryWithSettingsEntry"))),
          one(VENDOR, kilobytes(await bundled("../vendor-sdk/entry")))
        ],
        targets: [LIBRARY, WITH_SETTINGS].map((name) => ({ name, atMost: 150 }))
      },
      {
        what: "the server's one file",
        unit: "kB",
        digits: 0,
        measured: [one(SERVER, kilobytes(ours)), one(BY_HAND, kilobytes(byHand))],
        targets: [{ name: SERVER, atMost: 650 }]
      },
      {
        what: "installed",
        unit: "MB",
        digits: 1,
        measured: [
          one(
            SERVER,
            folderSize(fileURLToPath(new URL("../../../apps/mcp-server/dist", import.meta.url))) / 1e6
          ),
          one(VENDOR, folderSize(`${VendorSdk.FOLDER}node_modules/.pnpm`) / 1e6)
        ],
        targets: []
      },
      {
        what: "run-time dependencies to install",
        unit: "packages",
        digits: 0,
        measured: [one(SERVER, runtimeDependencies())],
        targets: [{ name: SERVER, atMost: 0 }]
      },
      // Where a process's memory can be read from the file system.
      ...(process.platform === "linux"
        ? [
            {
              what: "idle memory",
              unit: "MB",
              digits: 0,
              measured: await interleave(
                [
                  { name: SERVER, sample: () => idleMemory(ours) },
                  { name: BY_HAND, sample: () => idleMemory(byHand) }
                ],
                { samples, warmUps: 0 }
              ),
              targets: [{ name: SERVER, against: BY_HAND, atMost: 1.1 }]
            }
          ]
        : [])
    ]
  }
}
