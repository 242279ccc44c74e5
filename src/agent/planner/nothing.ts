/** Why a stage of the planner came to nothing. `short`: its money was too little, which says nothing about the stage itself. */
export interface Nothing {
  ok: false
  why: string
  short?: true
}
