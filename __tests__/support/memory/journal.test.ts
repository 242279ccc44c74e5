import { journalContract } from '../../contract/journal.contract.ts'
import { memoryJournal, memoryRemote } from './journal.ts'

journalContract('in memory', async () => {
  const remote = memoryRemote()
  let commits = 0
  return {
    writer: async () => ({
      journal: memoryJournal(remote),
      commit: async () => {
        commits += 1
        return `${commits}`.padStart(40, '0')
      },
    }),
    tipOf: (ref) => remote.refs.get(ref) ?? null,
    refuse: (ref, words) => void remote.refused.set(ref, words),
  }
})
