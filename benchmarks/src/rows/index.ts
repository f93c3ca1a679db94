/** All rows, in the order in which they run. */
import type { Row } from "../Row.ts"
import { coldStart } from "./coldStart.ts"

export const rows: ReadonlyArray<Row> = [coldStart]
