/** Where the page of a run is kept for people. */
export interface Pages {
  /** Keeps a page as an artifact of this workflow run, and returns the artifact's id. The same name is the same page. */
  keep(name: string, page: string): Promise<number>
}
