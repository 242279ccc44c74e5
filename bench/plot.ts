import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import type { Chart } from './benchmark.ts'

/** The chart as an SVG document. */
export function svgOf({ title, x, y, points, log = false }: Chart): Promise<string> {
  const spec: TopLevelSpec = {
    title,
    width: 640,
    height: 400,
    background: 'white',
    data: { values: [...points] },
    mark: { type: 'line', point: true },
    encoding: {
      x: { field: 'x', type: 'quantitative', title: x, scale: { type: log ? 'log' : 'linear', base: 2, nice: false } },
      y: { field: 'y', type: 'quantitative', title: y, scale: { zero: false } },
      color: { field: 'series', type: 'nominal', title: null },
    },
  }
  return new View(parse(compile(spec).spec), { renderer: 'none' }).toSVG()
}
