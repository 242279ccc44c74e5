/** What a day of checkouts comes to. */
export function report(checkouts) {
  const sum = (name) => checkouts.reduce((total, one) => total + one[name], 0)
  return { orders: checkouts.length, turnover: sum('total'), tax: sum('tax') }
}
