// What the tests ask of a browser.

/** How long a page may take to show what is asked for. */
export const PAGE_TIMEOUT = 60_000;

export interface Browser {
  readonly name: string;
  /**
   * Opens a page in a browser of its own, with nothing kept from before, and gives the text of the first element that `xpath` finds,
   * as soon as there is one. A page that never shows it is an error with all that the browser printed.
   */
  look(address: string, xpath: string): Promise<string>;
}

/** The element in which an entry of entries/ shows its answer. */
export const OUTPUT = "//output";
