import { subtotal } from '../cart/cart.js'
import { discountOn } from '../discount/discount.js'
import { shippingFor } from '../shipping/shipping.js'
import { taxOn } from '../tax/tax.js'

/** Every amount that the receipt names. */
export function checkout(cart, { code, grams = 0, rate = 'standard' } = {}) {
  const goods = subtotal(cart)
  const discount = discountOn(goods, code)
  const shipping = shippingFor(goods - discount, grams)
  const tax = taxOn(goods - discount + shipping, rate)
  return { goods, discount, shipping, tax, total: goods - discount + shipping + tax }
}
