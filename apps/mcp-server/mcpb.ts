/** Packs the built command as an MCP bundle, with the official tool: `node mcpb.ts [FILE]`. */
import { packExtension } from "@anthropic-ai/mcpb"
import { cpSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"

const { dirname: here } = import.meta
const [file = join(here, "mcpb/sailpoint-bulk-upload.mcpb")] = process.argv.slice(2)

const staged = mkdtempSync(join(tmpdir(), "mcpb-"))
cpSync(join(here, "mcpb/manifest.json"), join(staged, "manifest.json"))
for (const path of ["dist", "package.json", "LICENSE", "README.md"]) {
  cpSync(join(here, path), join(staged, path), { recursive: true })
}
const packed = await packExtension({ extensionPath: staged, outputPath: resolve(file) })
rmSync(staged, { recursive: true })
process.exitCode = packed ? 0 : 1
