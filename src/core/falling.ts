/** Keeps a list in falling order, so that its least item is popped off the end. */
export function insertFalling(falling: number[], item: number): void {
  let low = 0
  let high = falling.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((falling[middle] ?? 0) > item) low = middle + 1
    else high = middle
  }
  falling.splice(low, 0, item)
}
