// What a program needs for a status with the vendor's SDK; bundled to learn its size.
export { Configuration, NonEmployeeLifecycleManagementV2024Api } from "sailpoint-api-client"
