export { finalPull } from './final-pull.ts'
export { workerPull } from './worker-pull.ts'
