#!/usr/bin/env node
/**
 * The entry of the command `sailpoint-bulk-upload-mcp`. It checks the version of Node before it loads anything else, because
 * an older one cannot link the other files.
 */
import * as CompileCache from "./boot/CompileCache.ts"
import { unsupportedNode } from "./boot/unsupportedNode.ts"

const problem = unsupportedNode()
if (problem === undefined) {
  CompileCache.enable()
  void import("./command.ts").then(({ run }) => run())
} else {
  process.stderr.write(`${problem}\n`)
  process.exitCode = 2
}
