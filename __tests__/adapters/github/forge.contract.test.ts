import { forgeContract } from '../../contract/forge.contract.ts'
import { hubStage } from './stage.ts'

forgeContract('GitHub', hubStage)
