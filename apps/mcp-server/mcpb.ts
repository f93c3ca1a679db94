/**
 * Packs the built command as an MCP bundle, which Claude Desktop installs with a double click. The official tool
 * checks the manifest before it packs.
 *
 *     node mcpb.ts [FILE]    default: mcpb/sailpoint-bulk-upload.mcpb
 */
import { packExtension } from "@anthropic-ai/mcpb"
import { cpSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const [file = at("mcpb/sailpoint-bulk-upload.mcpb")] = process.argv.slice(2)

const staged = mkdtempSync(join(tmpdir(), "mcpb-"))
cpSync(at("mcpb/manifest.json"), join(staged, "manifest.json"))
cpSync(at("dist"), join(staged, "dist"), { recursive: true })
// The manifest of the package tells which version it is.
for (const name of ["package.json", "LICENSE", "README.md"]) cpSync(at(name), join(staged, name))

const packed = await packExtension({ extensionPath: staged, outputPath: resolve(file) })
rmSync(staged, { recursive: true })
process.exitCode = packed ? 0 : 1
