export const SLOTS = 4
/** US dollars a minute of an agent's work, in the median. */
export const USD_A_MINUTE = 0.05
/** What a stronger model is taken to be here: so much of the time, at so many times the price of a minute. */
export const STRONG = { time: 0.6, price: 2 }
