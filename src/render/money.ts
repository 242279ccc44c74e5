/** US dollars with as many digits as say something: `12.30 USD`, `0.042 USD`. No dollar sign: two of them begin a formula. */
export const usd = (amount: number): string => `${digits(amount)} USD`

function digits(amount: number): string {
  if (amount === 0) return '0'
  if (amount < 0.0001) return 'under 0.0001'
  return amount.toFixed(amount < 0.01 ? 4 : amount < 0.1 ? 3 : 2)
}
