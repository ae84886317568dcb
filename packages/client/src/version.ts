/** The version of this program, as clients name it to hosts. */
export const clientVersion = '0.1.0'
