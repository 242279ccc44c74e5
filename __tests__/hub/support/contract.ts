import type { Exchange } from '../../../src/hub/rest/layers.ts'

export function checkExchange(_exchange: Exchange): void {}
