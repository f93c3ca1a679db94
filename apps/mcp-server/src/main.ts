#!/usr/bin/env node
/**
 * The entry of the command `sailpoint-bulk-upload-mcp`. Nothing else is loaded before Node is known to be new enough: an
 * older one cannot even link the rest.
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
