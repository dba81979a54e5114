// The checkpoint that a run continues, as its bytes in decimal with commas between them. Tests put that of the reference in the place of this file.
/** Nothing: the run makes one. */
export const half: string = "";
