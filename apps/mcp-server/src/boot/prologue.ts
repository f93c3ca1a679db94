/**
 * What the built file does before it unpacks the rest, with which an old Node could not even begin.
 */
// oxlint-disable-next-line import/no-unassigned-import -- it is there for what it does
import "./requireNode.ts"
import * as CompileCache from "./CompileCache.ts"

CompileCache.enable()
