/** The schema attributes of a source: the columns of its CSV files. */

/** A column of a source's files. SailPoint allows ten custom ones in addition to the eight of every source. */
export interface SchemaAttribute {
  /** The name in the header of a file. */
  readonly technicalName: string
  readonly label: string
  readonly type: "TEXT" | "DATE" | "IDENTITY"
  readonly required: boolean
}

/** The eight attributes of every source. SailPoint documents their names; `required` is the sandbox's choice. */
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
