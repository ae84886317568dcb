/** The version of this program, as hosts name it to clients and authorities. */
export const hostVersion = '0.1.0'
