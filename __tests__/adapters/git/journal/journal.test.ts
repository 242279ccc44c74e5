import { journalContract } from '../../../contract/journal.contract.ts'
import { fileStage, httpStage } from '../stage.ts'

journalContract('in a git repository on this machine', async () => fileStage())
journalContract('in a git repository behind http', httpStage)
