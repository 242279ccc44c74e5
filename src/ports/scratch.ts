/** A folder for one piece of work; nothing else knows of it, and it goes with the work. */
export interface ScratchFolder {
  path: string
  /** Where a file of this name lies, or will. */
  file(name: string): string
  write(name: string, text: string): Promise<void>
  bytes(name: string): Promise<number>
}

export interface Scratch {
  use<Value>(work: (folder: ScratchFolder) => Promise<Value>): Promise<Value>
}
