/**
 * The schema attributes of a source: the columns that its CSV files have.
 *
 * @since 0.1.0
 */

/**
 * A column of a source's files. SailPoint allows ten custom ones beside the eight that every source has.
 *
 * @category models
 * @since 0.1.0
 */
export interface SchemaAttribute {
  /** The name in the header of a file. */
  readonly technicalName: string
  readonly label: string
  readonly type: "TEXT" | "DATE" | "IDENTITY"
  readonly required: boolean
}

/**
 * The eight attributes that every source has. SailPoint documents their names; which of them a row must fill in is
 * the sandbox's choice.
 *
 * @category constants
 * @since 0.1.0
 */
export const system: ReadonlyArray<SchemaAttribute> = [
  { technicalName: "accountName", label: "Account Name", type: "TEXT", required: true },
  { technicalName: "firstName", label: "First Name", type: "TEXT", required: true },
  { technicalName: "lastName", label: "Last Name", type: "TEXT", required: true },
  { technicalName: "phone", label: "Phone", type: "TEXT", required: false },
  { technicalName: "email", label: "Email", type: "TEXT", required: true },
  { technicalName: "manager", label: "Manager", type: "IDENTITY", required: true },
  { technicalName: "startDate", label: "Start Date", type: "DATE", required: false },
  { technicalName: "endDate", label: "End Date", type: "DATE", required: false }
]
